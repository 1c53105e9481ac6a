/** Files that are complete or absent: written next to their place, flushed to the disk, then renamed into it. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { systemReason } from '../system-errors.ts';

/** Where a file or folder grows until it is whole: next to its place, hidden, with the process that writes it. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);

/** Replaces `path` by `content`, or leaves what was there; makes its folder. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = temporaryName(path);
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

/** A failure of the file system as an expected error; anything else as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const reason = systemReason(error);
  if (reason === undefined || error instanceof HourglassError) return error;
  const { rule, hint = 'choose another folder with --out' } = reason;
  return new HourglassError(
    'run',
    { subject: path, rule: `cannot be written: ${rule}`, hint },
    { cause: error },
  );
}
