/** What killed processes leave in a run folder: temporary files that were never renamed, and claims on locks. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_LOCK } from './lock.ts';
import { isAlive } from './owner.ts';

/** As atomic.ts and lock.ts name them. */
export const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]{8}\.tmp$/;
/** Locks on the token of a dead owner's lock, however deep. */
export const CLAIM = new RegExp(`^${RUN_LOCK.replace('.', '\\.')}(\\.[0-9a-f]{32})+$`);

/** Removes them, with the run's lock in hand; what a living process may be writing stays. Returns how many. */
export async function removeLeftovers(run: string): Promise<number> {
  let removed = 0;
  const entries = await readdir(run, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(run, entry.name);
    // Links are neither folders nor files here: nothing outside the run is reached.
    if (entry.isDirectory()) removed += await removeLeftovers(path);
    if (!entry.isFile()) continue;
    const pid = TEMPORARY.exec(entry.name)?.[1];
    if (CLAIM.test(entry.name) || (pid !== undefined && (await isOfTheDead(Number(pid), path)))) {
      await rm(path, { force: true }).catch(() => {});
      removed++;
    }
  }
  return removed;
}

async function isOfTheDead(pid: number, path: string): Promise<boolean> {
  if (pid !== process.pid) return pid < 1 || !isAlive(pid);
  // In a container every process may have the same id: what was written before this one began is not its own.
  const begun = Date.now() - process.uptime() * 1000;
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs < begun - 1000,
    () => false,
  );
}
