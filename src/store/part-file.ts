/** Files that are whole or absent: written next to their place, flushed to the disk, then renamed into it. */
import { access, constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
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

/** A file that grows at a place of its own, where it stays if the command ends early. */
export interface Growing {
  /** Where it grows; the folder exists. */
  readonly at: string;
  /** Bytes that are there from an earlier command and are kept; what follows them is cut off. 0 starts over. */
  readonly length: number;
}

export class PartFile {
  private readonly path: string;
  private readonly force: boolean;
  private readonly part: string;
  private readonly handle: FileHandle;
  private readonly staysIfAbandoned: boolean;
  private end: number;

  private constructor(path: string, force: boolean, handle: FileHandle, part: string, kept: number | null) {
    this.path = path;
    this.force = force;
    this.part = part;
    this.handle = handle;
    this.staysIfAbandoned = kept !== null;
    this.end = kept ?? 0;
  }

  /** @param growing where it grows, and what is kept of it. Default: a temporary file next to `path`. */
  static async open(path: string, force: boolean, growing?: Growing): Promise<PartFile> {
    await replaceable(path, force);
    try {
      await mkdir(dirname(path), { recursive: true });
      if (growing === undefined) {
        const part = temporaryName(path);
        return new PartFile(path, force, await open(part, 'wx'), part, null);
      }
      const { at, length } = growing;
      const handle = await open(at, constants.O_RDWR | (length === 0 ? constants.O_CREAT : 0), 0o666);
      try {
        await requireLength(handle, growing);
        await handle.truncate(length);
      } catch (error) {
        await handle.close();
        throw error;
      }
      return new PartFile(path, force, handle, at, length);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Bytes so far. */
  get length(): number {
    return this.end;
  }

  /** Writes at the end, or at a place before it. A write that fails abandons the file. */
  async write(content: string | Uint8Array, position: number = this.end): Promise<void> {
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) {
        const length = Math.min(bytes.length - at, MOST_AT_ONCE);
        at += (await this.handle.write(bytes, at, length, position + at)).bytesWritten;
      }
      this.end = Math.max(this.end, position + bytes.length);
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
    if (!this.staysIfAbandoned) await rm(this.part, { force: true });
  }
}

/** @throws HourglassError (run) for a file that has become shorter than what is kept of it. */
async function requireLength(handle: FileHandle, { at, length }: Growing): Promise<void> {
  const { size } = await handle.stat();
  if (size >= length) return;
  throw new HourglassError('run', {
    subject: at,
    rule: `must have the ${length} bytes that were written`,
    got: size,
    hint: 'start over: --force without --resume',
  });
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
