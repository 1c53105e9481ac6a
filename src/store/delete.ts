/** Deletes run folders: only what is one, never one that is being written, nothing beyond its links. */
import { lstat, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { CHECKPOINTS, MANIFEST_FILE } from '../record/index.ts';
import { unwritable } from './atomic.ts';
import { lockRun } from './lock.ts';
import { isUnbegun } from './unbegun.ts';

/** @throws HourglassError (run) if the folder is not a run, or the run is being written. */
export async function requireDeletable(folder: string): Promise<void> {
  await requireRun(folder);
  await (await lockRun(folder)).release();
}

export async function deleteRun(folder: string): Promise<void> {
  await requireRun(folder);
  const path = resolve(folder);
  const lock = await lockRun(path);
  // It is moved away first, in one step: if this is killed, no partial run stays under its name.
  const doomed = join(dirname(path), `.${basename(path)}.${lock.owner.token.slice(0, 8)}.deleted`);
  try {
    await rename(path, doomed);
  } catch (error) {
    await lock.release();
    throw unwritable(path, error);
  }
  try {
    // Removes links themselves, never what they lead to.
    await rm(doomed, { recursive: true, maxRetries: 3 });
  } catch (error) {
    throw unwritable(doomed, error);
  }
}

/** A folder itself, no link to one, with what every run has from its first moment; its manifest may be damaged. */
async function requireRun(folder: string): Promise<void> {
  const kind = (path: string) => lstat(path).catch(() => null);
  const refuse = (rule: string) =>
    new HourglassError('run', {
      subject: folder,
      rule,
      hint: `'${command('runs')}' lists the runs that are here`,
    });
  // A slash at its end would lead through a link.
  const it = await kind(resolve(folder));
  if (it?.isSymbolicLink()) throw refuse('is a link: only run folders are deleted');
  const file = join(folder, MANIFEST_FILE);
  if (it?.isDirectory() && (await isUnbegun(folder))) return;
  if (!it?.isDirectory() || !(await kind(file))?.isFile())
    throw refuse(`is not a run folder: it has no ${MANIFEST_FILE}`);
  if (!(await kind(join(folder, CHECKPOINTS)))?.isDirectory())
    throw refuse(`is not a run folder: it has no folder ${CHECKPOINTS}`);
  let manifest: unknown;
  try {
    manifest = JSON.parse((await readTextIfThere(file, { most: LARGEST_JSON_FILE })) ?? '');
  } catch {
    return;
  }
  if ((manifest as { format?: unknown } | null)?.format !== 'hourglass-run')
    throw refuse(`is not a run folder: its ${MANIFEST_FILE} is something else`);
}
