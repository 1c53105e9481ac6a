/**
 * A journal: a file of lines that many processes append to, with the lock of Optuna's JournalFileSymlinkLock, so that Optuna
 * and its dashboard may read and write it at the same time. Lines are whole and on the disk before the lock is given back.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, rename, symlink, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isMissing } from '../system-errors.ts';
import { unwritable } from './atomic.ts';

/** Milliseconds after which a lock that has not changed is taken for left behind; Optuna's grace period. */
const GRACE = 30_000;
/** Bytes read at once, at most. */
const BLOCK = 4 * 2 ** 20;

export interface Journal {
  readonly path: string;
  /** The whole lines that were added since the last call, by any process. */
  read(): Promise<string[]>;
  /**
   * Under the lock: hands over the lines that others added, and appends what it returns. The lines come back with the next
   * call, as everybody's do.
   */
  transact(lines: (added: string[]) => string): Promise<void>;
}

/**
 * Makes the file if there is none, unless it is `onlyRead`: then one that is absent has no lines yet.
 * @throws HourglassError (run) if it cannot be written.
 */
export async function openJournal(path: string, { onlyRead = false } = {}): Promise<Journal> {
  const whole = resolve(path);
  if (!onlyRead) {
    await expecting(whole, async () => {
      await mkdir(dirname(whole), { recursive: true });
      await (await open(whole, 'a')).close();
    });
  }
  let offset = 0;
  /** Whole lines from the offset on; it moves behind them. */
  const readFrom = async (file: FileHandle): Promise<string[]> => {
    const { size } = await file.stat();
    const lines: string[] = [];
    let rest: Buffer = Buffer.alloc(0);
    for (let at = offset; at < size; ) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK, size - at));
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = Buffer.concat([rest, block.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      offset += end;
      for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line !== '') lines.push(line);
      rest = bytes.subarray(end);
    }
    return lines;
  };
  return {
    path: whole,
    read: () =>
      expecting(whole, async () => {
        const file = await open(whole, 'r').catch((error) => {
          if (onlyRead && isMissing(error)) return null;
          throw error;
        });
        if (file === null) return [];
        try {
          return await readFrom(file);
        } finally {
          await file.close();
        }
      }),
    transact: (lines) =>
      expecting(whole, () =>
        locked(whole, async () => {
          const file = await open(whole, 'r+');
          try {
            const text = lines(await readFrom(file));
            // A half-written line of a process that was killed stops other readers.
            const { size } = await file.stat();
            if (size > offset) await file.truncate(offset);
            if (text === '') return;
            const bytes = Buffer.from(text);
            for (let at = 0; at < bytes.length; )
              at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
            await file.sync();
          } finally {
            await file.close();
          }
        }),
      ),
  };
}

async function expecting<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function locked(path: string, work: () => Promise<void>): Promise<void> {
  const lock = `${path}.lock`;
  let pause = 1;
  let [seen, since] = ['', 0];
  while (!(await linked(path, lock))) {
    const mark = await markOf(lock);
    if (mark === null) continue;
    const now = performance.now();
    if (seen !== mark) [seen, since] = [mark, now];
    else if (now - since > GRACE) await released(lock);
    await wait(pause);
    pause = Math.min(2 * pause, 250);
  }
  try {
    await work();
  } finally {
    await released(lock);
  }
}

/** Makes the lock; false where it is there. */
async function linked(path: string, lock: string): Promise<boolean> {
  try {
    await symlink(path, lock).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // Windows lets only some users make links, and some file systems have none: Optuna then takes a file of this name.
      await (await open(lock, 'wx')).close();
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Tells one lock from the next; null where it has gone. */
async function markOf(lock: string): Promise<string | null> {
  try {
    const { ino, mtimeMs } = await lstat(lock);
    return `${ino} ${mtimeMs}`;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Renamed first, as of two that release a stale lock only one may succeed. */
async function released(lock: string): Promise<void> {
  const aside = `${lock}${randomBytes(8).toString('hex')}.rename`;
  try {
    await rename(lock, aside);
    await unlink(aside);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
