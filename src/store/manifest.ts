/** A run's manifest on disk, and what the run is doing now. */
import { join } from 'node:path';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { MANIFEST_FILE, type Manifest, parseManifest } from '../record/index.ts';
import { runLockState } from './lock.ts';
import { isUnbegun } from './unbegun.ts';

/** @throws HourglassError of kind 'run' if there is no run, or it is damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST_FILE);
  const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE });
  if (text === null && (await isUnbegun(folder))) {
    throw new HourglassError('run', {
      subject: folder,
      rule: 'is a run that was ended before its training began: there is nothing in it',
      hint: `delete it: ${command('runs', 'delete', folder)}`,
    });
  }
  if (text === null) {
    throw new HourglassError('run', {
      subject: folder,
      rule: `is not a run folder: it has no ${MANIFEST_FILE}`,
      hint: `'${command('runs')}' lists the runs that are here`,
    });
  }
  return parseManifest(text, file);
}

/**
 * What a run is doing now: it runs while somebody holds its lock. A manifest that says `running` without that is
 * of a process that was killed.
 */
export async function trueStatus(folder: string, manifest: Manifest): Promise<Manifest['status']> {
  if (manifest.status === 'finished') return 'finished';
  const { state } = await runLockState(folder);
  if (state === 'held' || (state === 'unreadable' && manifest.status === 'running')) return 'running';
  return manifest.status === 'running' ? 'stopped' : manifest.status;
}
