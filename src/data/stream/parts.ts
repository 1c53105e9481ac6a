/** Parts of files, read asynchronously. Files stay open; the ones unused for the longest time are closed. */
import type { FileHandle } from 'node:fs/promises';
import { HourglassError } from '../../errors.ts';
import { openRegularFile } from '../../read-file.ts';
import { systemReason } from '../../system-errors.ts';

/** Files that are open at once. */
const MOST_OPEN = 64;

export class FileParts {
  private readonly files: readonly string[];
  private readonly open = new Map<number, Promise<FileHandle>>();

  constructor(files: readonly string[]) {
    this.files = files;
  }

  /** @throws HourglassError (data) naming the file, if it cannot be read or ends before. */
  async read(file: number, offset: number, length: number): Promise<Buffer> {
    const path = this.files[file]!;
    const bytes = Buffer.allocUnsafe(length);
    try {
      const handle = await this.handle(file);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
        if (bytesRead === 0) {
          throw new HourglassError('data', {
            subject: path,
            rule: 'must not change while it is read',
            got: `an end at byte ${offset + at}, where there were ${length - at} more`,
          });
        }
        at += bytesRead;
      }
    } catch (cause) {
      if (cause instanceof HourglassError) throw cause;
      const rule = `cannot be read: ${systemReason(cause)?.rule ?? (cause as Error).message}`;
      throw new HourglassError('data', { subject: path, rule }, { cause });
    }
    return bytes;
  }

  private handle(file: number): Promise<FileHandle> {
    const found = this.open.get(file);
    if (found !== undefined) {
      this.open.delete(file);
      this.open.set(file, found);
      return found;
    }
    const opened = openRegularFile(this.files[file]!, { kind: 'data', most: Number.POSITIVE_INFINITY }).then(
      (known) => known.file,
    );
    this.open.set(file, opened);
    opened.catch(() => this.open.delete(file));
    if (this.open.size > MOST_OPEN) {
      const [[oldest, handle]] = this.open as unknown as [[number, Promise<FileHandle>]];
      this.open.delete(oldest);
      // After the reads that were begun on it: those hold their turn in the same queue.
      handle
        .then((closing) => setTimeout(() => closing.close().catch(() => {}), 1000).unref())
        .catch(() => {});
    }
    return opened;
  }
}
