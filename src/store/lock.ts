/**
 * Lock files. A lock is a file that names its owner, made whole in one step where there was none. One whose owner
 * is known to be dead is replaced by who comes next. No clock decides: an owner that sleeps or computes for hours
 * keeps its lock. See docs/decisions/0015-lock-files.md.
 */
import { link, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HourglassError } from '../errors.ts';
import { readTextIfThere } from '../read-file.ts';
import { isMissing } from '../system-errors.ts';
import { temporaryName, unwritable } from './atomic.ts';
import { isDead, isNear, type Owner, ownerSchema, thisOwner } from './owner.ts';

/** The lock of a run's writer: the process that trains it. */
export const RUN_LOCK = 'run.lock';

/** Bytes: a lock file has some 400. */
const LARGEST = 10_000;

export interface Lock {
  readonly owner: Owner;
  /**
   * @throws HourglassError (run) where the lock is gone or another's: the folder was removed, moved or taken over. To be
   * called before each write, so that nothing is written into a folder of the same name.
   */
  requireHeld(): Promise<void>;
  /** Gives the lock back; never fails, and leaves a lock that is another's by now. */
  release(): Promise<void>;
}

/** What a lock file says: nothing there, an owner, or nothing that can be read. */
export type LockState =
  | { state: 'free' }
  /** `isNear`: the owner's process is one of this machine. */
  | { state: 'held' | 'dead'; owner: Owner; isNear: boolean }
  | { state: 'unreadable' };

/** @throws HourglassError (run) if another process holds it, or may hold it. */
export async function lockRun(folder: string): Promise<Lock> {
  return acquire(join(folder, RUN_LOCK), folder);
}

export const runLockState = (folder: string): Promise<LockState> => lockState(join(folder, RUN_LOCK));

/** @throws HourglassError (run), naming `subject`, if another holds it. */
export async function acquire(path: string, subject: string): Promise<Lock> {
  const owner = thisOwner();
  for (;;) {
    if (await create(path, owner)) return lockOf(path, owner, subject);
    const found = await lockState(path);
    if (found.state === 'free') continue;
    if (found.state !== 'dead') throw busy(path, subject, found);
    // Many may find the same lock of a dead owner: who holds the lock on its token, one at a time, may replace it.
    const claim = await acquire(`${path}.${found.owner.token}`, subject);
    try {
      const now = await readOwner(path);
      if (now?.token !== found.owner.token) continue;
      await replace(path, owner);
      return lockOf(path, owner, subject);
    } finally {
      await claim.release();
    }
  }
}

/** Removes the lock that a thread of this process left behind as it died. */
export async function releaseAbandoned(folder: string): Promise<void> {
  const path = join(folder, RUN_LOCK);
  const found = await lockState(path);
  if (found.state !== 'held' || !isNear(found.owner) || found.owner.pid !== process.pid) return;
  await lockOf(path, found.owner, folder).release();
}

function lockOf(path: string, owner: Owner, subject: string): Lock {
  return {
    owner,
    async requireHeld() {
      const now = await readOwner(path).catch((error) => {
        if (error instanceof HourglassError) throw error;
        return null;
      });
      if (now?.token === owner.token) return;
      throw new HourglassError('run', {
        subject,
        rule: 'was removed, moved or taken over while this process wrote it',
        hint: 'train again, and leave the folder in place while the training runs',
      });
    },
    async release() {
      const now = await readOwner(path).catch(() => null);
      if (now?.token === owner.token) await unlink(path).catch(() => {});
    },
  };
}

export async function lockState(path: string): Promise<LockState> {
  // Where it could not be made in one step, it may be half there for a moment.
  for (let attempt = 0; attempt < 4; attempt++) {
    if (attempt > 0) await wait(50);
    try {
      const owner = await readOwner(path);
      if (owner === null) return { state: 'free' };
      return { state: isDead(owner) ? 'dead' : 'held', owner, isNear: isNear(owner) };
    } catch {
      // Once more, then it is damaged.
    }
  }
  return { state: 'unreadable' };
}

/** @throws if there is a file that names no owner. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    // A link is no lock, wherever it leads.
    if ((await lstat(path)).isSymbolicLink()) throw new Error('no lock file');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const text = await readTextIfThere(path, { most: LARGEST });
  return text === null ? null : ownerSchema.parse(JSON.parse(text));
}

/** Whether it was made: not where one is there. */
async function create(path: string, owner: Owner): Promise<boolean> {
  try {
    return await viaTemporary(path, owner, async (temporary) => {
      try {
        await link(temporary, path);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        // File systems without hard links, as FAT.
        if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'].includes(code)) throw error;
        await writeSynced(path, textOf(owner));
      }
      return true;
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT')
      throw new HourglassError(
        'run',
        { subject: dirname(path), rule: 'is not there any more' },
        { cause: error },
      );
    throw unwritable(path, error);
  }
}

async function replace(path: string, owner: Owner): Promise<void> {
  try {
    await viaTemporary(path, owner, (temporary) => rename(temporary, path));
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function viaTemporary<T>(
  path: string,
  owner: Owner,
  use: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = temporaryName(path);
  try {
    await writeSynced(temporary, textOf(owner));
    return await use(temporary);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

const textOf = (owner: Owner) => `${JSON.stringify(owner, null, 2)}\n`;

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function busy(path: string, subject: string, found: LockState): HourglassError {
  if (!('owner' in found)) {
    return new HourglassError('run', {
      subject: path,
      rule: 'is damaged: it names no process',
      hint: 'if nothing writes this run, delete the file',
    });
  }
  const { owner } = found;
  const near = isNear(owner);
  const place = near
    ? ''
    : ` on host '${owner.host}'${owner.host === thisOwner().host ? ' in another container' : ''}`;
  return new HourglassError('run', {
    subject,
    rule: `is being written by another process: ${owner.pid}${place}, since ${owner.since}`,
    hint: near
      ? `stop process ${owner.pid} first, or let it end`
      : `if nothing writes this run there, delete ${path}`,
  });
}
