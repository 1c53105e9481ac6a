/** Parts of files, read asynchronously. Files stay open while they are in use. */
import type { FileHandle } from 'node:fs/promises';
import { HourglassError } from '../../errors.ts';
import { openRegularFile } from '../../read-file.ts';
import { systemReason } from '../../system-errors.ts';

/** Files that are open at once. */
const MOST_OPEN = 64;
/** Milliseconds without a read after which all files are closed. */
const IDLE = 1000;

export class FileParts {
  private readonly files: readonly string[];
  private readonly open = new Map<number, Promise<FileHandle>>();
  private reading = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(files: readonly string[]) {
    this.files = files;
  }

  /** @throws HourglassError (data) naming the file, if it cannot be read or ends before. */
  async read(file: number, offset: number, length: number): Promise<Buffer> {
    this.reading++;
    clearTimeout(this.idle);
    try {
      return await this.part(file, offset, length);
    } catch (cause) {
      if (cause instanceof HourglassError) throw cause;
      const rule = `cannot be read: ${systemReason(cause)?.rule ?? (cause as Error).message}`;
      throw new HourglassError('data', { subject: this.files[file]!, rule }, { cause });
    } finally {
      this.reading--;
      this.closeSoon();
    }
  }

  private async part(file: number, offset: number, length: number): Promise<Buffer> {
    const handle = await this.handle(file);
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) {
        throw new HourglassError('data', {
          subject: this.files[file]!,
          rule: 'must not change while it is read',
          got: `an end at byte ${offset + at}, where there were ${length - at} more`,
        });
      }
      at += bytesRead;
    }
    return bytes;
  }

  private handle(file: number): Promise<FileHandle> {
    const found = this.open.get(file);
    if (found !== undefined) return found;
    const opened = openRegularFile(this.files[file]!, {
      kind: 'data',
      most: Number.POSITIVE_INFINITY,
    }).then((known) => known.file);
    this.open.set(file, opened);
    opened.catch(() => this.open.delete(file));
    return opened;
  }

  /** At once where too many files are open, otherwise after a while. Never while one is read. */
  private closeSoon(): void {
    if (this.reading > 0) return;
    if (this.open.size > MOST_OPEN) this.closeAll();
    else {
      clearTimeout(this.idle);
      this.idle = setTimeout(() => this.closeAll(), IDLE).unref();
    }
  }

  private closeAll(): void {
    const open = [...this.open.values()];
    this.open.clear();
    for (const opened of open) {
      opened.then((handle) => handle.close()).catch(() => {});
    }
  }
}
