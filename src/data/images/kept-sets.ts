/**
 * Converted images of folders, kept in the cache so that a folder that did not change is opened without decoding. A set is
 * known by the settings and by path, size and times of each file. Each set is one file, which is there completely or
 * not at all; the ones that were not used for the longest time make room for new ones.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { LARGEST_JSON_FILE, readFileIfThere, readTextIfThere } from '../../read-file.ts';
import { packageVersion } from '../../version.ts';
import { cacheFolder } from '../cache.ts';
import type { DataOptions, Dataset, LabelledImages } from '../dataset.ts';
import type { FoundFile } from './files.ts';
import type { FolderSettings } from './folder-settings.ts';
import { type WholePreprocessing, wholePreprocessing } from './preprocessing.ts';

/** Raised when a change makes the same files other bytes. */
const FORMAT = 1;
const MAGIC = 'hourglass images';
/** Fewer files are decoded about as fast as they are found in the cache. */
const FEWEST_FILES = 500;
/** Bytes of all sets together. */
const MOST_BYTES = 4 * 2 ** 30;
/** Milliseconds: what changes again so soon may keep its times. */
const SETTLED = 100;
/** The same where a file system counts whole seconds. */
const SETTLED_SECONDS = 2000;

/** A folder's place in the cache. */
export interface Place {
  folder: string;
  /** The file of the images, once it is known how they are converted. */
  fileFor(want: WholePreprocessing): string;
  /** Says how they are converted, where settings leave that to the images. */
  wanted: string;
  /** How they are converted, by the settings alone. */
  known: WholePreprocessing | null;
}

/**
 * Where the images of these files are kept; null if they are not: few files, files that have just changed, or files
 * that cannot be looked at.
 * @param notes what else decides what is said of the folder.
 */
export function placeOf(
  folder: string,
  files: readonly FoundFile[],
  settings: FolderSettings,
  notes: readonly string[],
  options: Pick<DataOptions, 'cacheDir' | 'env'>,
): Place | null {
  if (settings.cache === false || files.length < FEWEST_FILES) return null;
  const { layout, test, splitSeed, followLinks, onBad } = settings;
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([FORMAT, packageVersion(), folder, layout, test, splitSeed, followLinks, onBad]),
  );
  hash.update(JSON.stringify(notes));
  const now = Date.now();
  try {
    for (const { path, name } of files) {
      const found = statSync(path, { bigint: true });
      if (isUnsettled(found, now)) return null;
      hash.update(`\0${name}\0${found.size} ${found.mtimeNs} ${found.ctimeNs} ${found.ino}`);
    }
  } catch {
    return null;
  }
  const cache = join(cacheFolder(options), 'images');
  const fileOf = (how: unknown, ending: string) =>
    join(cache, `${hash.copy().update(JSON.stringify(how)).digest('hex')}.${ending}`);
  const { size, longerSide, tiles, channels, fit, invert, background, range } = settings;
  return {
    folder: cache,
    fileFor: (want) => fileOf(Object.entries(want).sort(), 'bin'),
    wanted: fileOf([size, longerSide, tiles?.side, channels, fit, invert, background, range], 'json'),
    known: knownPreprocessing(settings),
  };
}

function knownPreprocessing({ size, channels, ...how }: FolderSettings): WholePreprocessing | null {
  if (size === undefined || channels === undefined) return null;
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  try {
    return wholePreprocessing({ height, width, channels, ...how });
  } catch {
    // The settings are refused where they are used.
    return null;
  }
}

function isUnsettled({ mtimeNs, ctimeNs }: BigIntStats, now: number): boolean {
  const last = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  const isWhole = last % 1_000_000_000n === 0n;
  return now - Number(last / 1_000_000n) < (isWhole ? SETTLED_SECONDS : SETTLED);
}

type Kept = Pick<LabelledImages, 'count'> & { names: readonly string[]; masks: number | null };

interface Header {
  set: Omit<Dataset, 'train' | 'validation' | 'test'>;
  splits: Record<'train' | 'validation' | 'test', Kept | null>;
}

const SPLITS = ['train', 'validation', 'test'] as const;

/** The set kept at a place; null if there is none, or it is damaged. */
export async function keptSet(place: Place): Promise<Dataset | null> {
  try {
    const want = place.known ?? (await kept(place.wanted));
    if (want === null) return null;
    const file = place.fileFor(want);
    const bytes = await readFileIfThere(file, { most: MOST_BYTES, kind: 'data' });
    if (bytes === null) return null;
    const start = MAGIC.length;
    if (bytes.toString('latin1', 0, start) !== MAGIC) return null;
    if (crc32(bytes.subarray(start + 4)) !== bytes.readUInt32LE(start)) return null;
    const length = bytes.readUInt32LE(start + 4);
    const header = JSON.parse(bytes.toString('utf8', start + 8, start + 8 + length)) as Header;
    const set = setFrom(
      header,
      new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length),
      start + 8 + length,
    );
    // The time of its last use.
    await utimes(file, new Date(), new Date()).catch(() => {});
    return set;
  } catch {
    return null;
  }
}

async function kept(file: string): Promise<WholePreprocessing | null> {
  const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE, kind: 'data' });
  return text === null ? null : (JSON.parse(text) as WholePreprocessing);
}

function setFrom({ set, splits }: Header, bytes: Uint8Array, start: number): Dataset {
  const size = set.height * set.width;
  let at = start;
  const take = (length: number) => {
    if (at + length > bytes.length) throw new RangeError('cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const split = (kept: Kept | null): LabelledImages | null => {
    if (kept === null) return null;
    const { count, names, masks } = kept;
    const read = { images: take(count * size * set.channels), labels: take(count), count, names };
    if (masks === null) return read;
    // A copy, whose four-byte numbers begin at a multiple of four.
    const places = new Int32Array(take(4 * count).slice().buffer);
    return { ...read, masks: { places, values: take(masks * size) } };
  };
  return {
    ...set,
    train: split(splits.train)!,
    validation: split(splits.validation),
    test: split(splits.test)!,
  };
}

/** Keeps a set at a place. A cache that cannot be written is no error: the set is decoded again the next time. */
export async function keepSet(place: Place, dataset: Dataset): Promise<void> {
  const want = dataset.folder?.preprocessing;
  if (want === undefined) return;
  const { folder } = place;
  const file = place.fileFor(want);
  const { train, validation, test, ...set } = dataset;
  const splits = { train, validation, test };
  const size = set.height * set.width;
  const described = (split: LabelledImages | null): Kept | null =>
    split && {
      count: split.count,
      names: split.names ?? [],
      masks: split.masks === undefined ? null : split.masks.values.length / size,
    };
  const header: Header = {
    set,
    splits: { train: described(train)!, validation: described(validation), test: described(test)! },
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const pieces: Uint8Array[] = [length, text];
  for (const name of SPLITS) {
    const split = splits[name];
    if (split === null) continue;
    pieces.push(split.images, split.labels);
    const { masks } = split;
    if (masks === undefined) continue;
    pieces.push(new Uint8Array(masks.places.slice().buffer), masks.values);
  }
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (bytes > MOST_BYTES / 4) return;
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(pieces.reduce((before, piece) => crc32(piece, before), 0));
  const part = `${file}.${process.pid}.part`;
  try {
    await mkdir(folder, { recursive: true });
    await makeRoom(folder, bytes);
    const handle = await open(part, 'w');
    try {
      for (const piece of [Buffer.from(MAGIC, 'latin1'), sum, ...pieces]) await writeAll(handle, piece);
    } finally {
      await handle.close();
    }
    await rename(part, file);
    if (place.known !== null) return;
    await writeFile(part, JSON.stringify(want));
    await rename(part, place.wanted);
  } catch {
    await rm(part, { force: true }).catch(() => {});
  }
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at)).bytesWritten;
}

/** Deletes the sets that were not used for the longest time, until so many bytes fit; and parts that were left behind. */
async function makeRoom(folder: string, bytes: number): Promise<void> {
  const names = await readdir(folder);
  const found = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
      return { name, size, mtimeMs };
    }),
  );
  const old = Date.now() - 24 * 60 * 60 * 1000;
  let total = found.reduce((sum, { size }) => sum + size, bytes);
  for (const { name, size, mtimeMs } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    const isAbandoned = name.endsWith('.part') && mtimeMs < old;
    if (!isAbandoned && total <= MOST_BYTES) continue;
    await rm(join(folder, name), { force: true });
    total -= size;
  }
}
