/** Files that are complete or absent: written next to their place, flushed to the disk, then renamed into it. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError } from '../errors.ts';

/** Replaces `path` by `content`, or leaves what was there; makes its folder. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(path, error);
  }
}

/** The file system's own words as an expected error; anything else as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException)?.code;
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of its path is a file, not a folder',
    EEXIST: 'a part of its path is a file, not a folder',
    EISDIR: 'it is a folder',
    // After the folder was made, as in /proc.
    ENOENT: 'no file can be made in its folder',
    ENAMETOOLONG: 'its name is too long',
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  return new HourglassError(
    'run',
    { subject: path, rule: `cannot be written: ${reason}`, hint: 'choose another folder with --out' },
    { cause: error },
  );
}
