/**
 * The one way to read a whole file: a regular file only, and never more than a given number of bytes. A named pipe is
 * refused instead of waited for, and a link to an endless device is not followed into memory. Every layer may import
 * this module.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type ErrorKind, HourglassError } from './errors.ts';
import { isMissing, systemReason } from './system-errors.ts';

/** So that opening a named pipe returns at once. Windows has no such flag, and no pipes in its file system. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export interface ReadBounds {
  /** The largest size that is read, in bytes. */
  most: number;
  /** The kind of the errors; by default `run`. */
  kind?: ErrorKind;
  /** What errors call the file; by default its path. */
  name?: string;
}

type Path = string | Buffer;

/** Bytes of a JSON file that describes a run: some kilobytes, except for tables; 50,000 columns take 17 MB. */
export const LARGEST_JSON_FILE = 64 * 2 ** 20;

/**
 * The bytes of a file, or null where there is none.
 * @throws HourglassError for anything but a regular file, one that is too large, and one that cannot be read.
 */
export async function readFileIfThere(path: Path, bounds: ReadBounds): Promise<Buffer | null> {
  let file: FileHandle;
  try {
    file = await open(path, FLAGS);
  } catch (error) {
    if (isMissing(error)) return null;
    throw unreadable(path, bounds, error);
  }
  try {
    const size = checkedSize(path, await file.stat(), bounds);
    // One read into one buffer: `readFile` reads large files in small pieces.
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } catch (error) {
    throw error instanceof HourglassError ? error : unreadable(path, bounds, error);
  } finally {
    await file.close();
  }
}

/** The same for a file of text, in UTF-8. */
export async function readTextIfThere(path: Path, bounds: ReadBounds): Promise<string | null> {
  return (await readFileIfThere(path, bounds))?.toString('utf8') ?? null;
}

/** The same at once, for what is read before anything else happens. */
export function readTextIfThereSync(path: Path, bounds: ReadBounds): string | null {
  let file: number;
  try {
    file = openSync(path, FLAGS);
  } catch (error) {
    if (isMissing(error)) return null;
    throw unreadable(path, bounds, error);
  }
  try {
    const bytes = Buffer.allocUnsafe(checkedSize(path, fstatSync(file), bounds));
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(file, bytes, at, bytes.length - at, at);
      if (read === 0) break;
      at += read;
    }
    return bytes.toString('utf8', 0, at);
  } catch (error) {
    throw error instanceof HourglassError ? error : unreadable(path, bounds, error);
  } finally {
    closeSync(file);
  }
}

/** A file that is smaller than this is read by {@link readSmallFileSync}. */
const SMALL = 2 ** 15;
const room = Buffer.allocUnsafe(SMALL);

/**
 * The bytes of a small file at once, in a tenth of the time that the others take; null for a larger or an empty one, and
 * for whatever cannot be read, which the others then name. What has no end, as a device, counts as larger.
 */
export function readSmallFileSync(path: Path): Buffer | null {
  let file: number | undefined;
  try {
    file = openSync(path, FLAGS);
    let length = 0;
    for (let read = -1; read !== 0 && length < SMALL; length += read) {
      read = readSync(file, room, length, SMALL - length, null);
    }
    return length === 0 || length === SMALL ? null : Buffer.from(room.subarray(0, length));
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * A file opened for reading in pieces, with its size in bytes.
 * @throws HourglassError as above, and where there is no file.
 */
export async function openRegularFile(
  path: Path,
  bounds: ReadBounds,
): Promise<{ file: FileHandle; size: number }> {
  let file: FileHandle;
  try {
    file = await open(path, FLAGS);
  } catch (error) {
    throw unreadable(path, bounds, error);
  }
  try {
    return { file, size: checkedSize(path, await file.stat(), bounds) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function checkedSize(
  path: Path,
  found: Stats,
  { most, kind = 'run', name = String(path) }: ReadBounds,
): number {
  if (!found.isFile()) {
    throw new HourglassError(kind, { subject: name, rule: 'must be a file', got: kindOf(found) });
  }
  if (found.size <= most) return found.size;
  throw new HourglassError(kind, {
    subject: name,
    rule: `must be at most ${most >= 1e6 ? `${Math.round(most / 1e6)} MB` : `${most} bytes`}`,
    got: `${found.size} bytes`,
  });
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function unreadable(
  path: Path,
  { kind = 'run', name = String(path) }: ReadBounds,
  cause: unknown,
): HourglassError {
  if (isMissing(cause)) return new HourglassError(kind, { subject: name, rule: 'is not there' }, { cause });
  const reason = systemReason(cause);
  const rule = `cannot be read: ${reason?.rule ?? (cause as Error).message}`;
  const hint = reason?.hint;
  return new HourglassError(
    kind,
    { subject: name, rule, ...(hint === undefined ? {} : { hint }) },
    { cause },
  );
}
