/** A file that grows next to its place and is put there when it is whole. */
import { access, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HourglassError } from '../errors.ts';
import { temporaryName, unwritable } from '../store/index.ts';

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

  /** At the end, or at a place. */
  async write(content: string | Uint8Array, position: number | null = null): Promise<void> {
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) {
        const place = position === null ? null : position + at;
        at += (await this.handle.write(bytes, at, bytes.length - at, place)).bytesWritten;
      }
    } catch (error) {
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
      await rm(this.part, { force: true });
      throw unwritable(this.path, error);
    }
  }

  async abandon(): Promise<void> {
    await this.handle.close().catch(() => {});
    await rm(this.part, { force: true });
  }
}

/** Writes a whole file. */
export async function saveBytes(path: string, force: boolean, bytes: Uint8Array): Promise<void> {
  const file = await PartFile.open(path, force);
  try {
    await file.write(bytes);
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}
