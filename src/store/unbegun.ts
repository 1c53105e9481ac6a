/** Run folders that were made and never got their manifest: the process was killed in between. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKPOINTS } from '../record/index.ts';
import { CLAIM, TEMPORARY } from './leftovers.ts';
import { RUN_LOCK } from './lock.ts';

/** Whether a folder has what a run has before its manifest, and nothing else. */
export async function isUnbegun(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (!entries.some((entry) => entry.name === CHECKPOINTS && entry.isDirectory())) return false;
  const known = (name: string) =>
    name === CHECKPOINTS || name === RUN_LOCK || CLAIM.test(name) || TEMPORARY.test(name);
  if (!entries.every(({ name }) => known(name))) return false;
  const checkpoints = await readdir(join(folder, CHECKPOINTS)).catch(() => ['unknown']);
  return checkpoints.length === 0;
}
