/** Files that are whole or absent: written next to their place, flushed to the disk, then renamed into it. */
import { access, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { temporaryName, unwritable } from './atomic.ts';

/** @throws HourglassError (usage) if there is something that may not be replaced. */
export async function replaceable(path: string, force: boolean): Promise<void> {
  if (force) return;
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) return;
  throw new HourglassError('usage', {
    subject: path,
    rule: 'already exists, and files are replaced only on request',
    hint: 'choose another --out, or pass --force',
  });
}

/** Bytes of one system call, which takes 2 GiB at most. */
const MOST_AT_ONCE = 2 ** 30;

export class PartFile {
  private readonly path: string;
  private readonly force: boolean;
  private readonly part: string;
  private readonly handle: FileHandle;

  private constructor(path: string, force: boolean, part: string, handle: FileHandle) {
    this.path = path;
    this.force = force;
    this.part = part;
    this.handle = handle;
  }

  static async open(path: string, force: boolean): Promise<PartFile> {
    await replaceable(path, force);
    const part = temporaryName(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      return new PartFile(path, force, part, await open(part, 'wx'));
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Writes at the end, or at a place. A write that fails abandons the file. */
  async write(content: string | Uint8Array, position: number | null = null): Promise<void> {
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) {
        const place = position === null ? null : position + at;
        const length = Math.min(bytes.length - at, MOST_AT_ONCE);
        at += (await this.handle.write(bytes, at, length, place)).bytesWritten;
      }
    } catch (error) {
      await this.abandon();
      throw unwritable(this.path, error);
    }
  }

  /** What was written is on the disk afterwards. */
  async flush(): Promise<void> {
    try {
      await this.handle.sync();
    } catch (error) {
      await this.abandon();
      throw unwritable(this.path, error);
    }
  }

  async finish(): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
      // Somebody may have put a file there meanwhile.
      await replaceable(this.path, this.force);
      await rename(this.part, this.path);
    } catch (error) {
      await this.abandon();
      throw unwritable(this.path, error);
    }
  }

  async abandon(): Promise<void> {
    await this.handle.close().catch(() => {});
    await rm(this.part, { force: true });
  }
}

/**
 * Writes a whole file and makes its folder: `path` has the content, or is as it was.
 * @param options.force whether a file that is there is replaced; default true.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  { force = true }: { force?: boolean } = {},
): Promise<void> {
  const file = await PartFile.open(path, force);
  try {
    await file.write(content);
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/** Replaces files of a folder by their names, and makes the folder. All are on the disk before the first is put in its place. */
export async function writeTogether(
  folder: string,
  contents: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const files: PartFile[] = [];
  try {
    for (const [name, content] of contents) {
      const file = await PartFile.open(join(folder, name), true);
      files.push(file);
      await file.write(content);
      await file.flush();
    }
    for (const file of files) await file.finish();
  } catch (error) {
    for (const file of files) await file.abandon();
    throw error;
  }
}
