/**
 * A set's four IDX files in a folder: finding them under their usual names, reading them within limits, and
 * checking them against the rules of the set. Every error names the file.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeIdx, type IdxArray, MAX_IDX_ELEMENTS, MAX_IDX_HEADER, readIdxHeader } from '../codecs/idx.ts';
import { HourglassError } from '../errors.ts';
import { readFileIfThere } from '../read-file.ts';
import { FILE_ROLES, type FileRole, type LabelledImages } from './dataset.ts';
import { gunzipBeginning, gunzipBounded, isGzip } from './gzip.ts';
import { type DatasetSpec, ownerOf } from './registry.ts';

/** Where a set's files are in one folder; `missing` lists official names. */
export interface LocatedFiles {
  folder: string;
  paths: Partial<Record<FileRole, string>>;
  missing: string[];
}

/** Looks for a set's files, gzipped or not, `-idx` or `.idx`. A folder that cannot be listed has none. */
export async function locateFiles(folder: string, spec: DatasetSpec): Promise<LocatedFiles> {
  const present = new Set(await readdir(folder).catch(() => []));
  const located: LocatedFiles = { folder, paths: {}, missing: [] };
  for (const role of FILE_ROLES) {
    const file = spec.files[role];
    const dotted = file.replace('-idx', '.idx');
    const found = [file, dotted, `${file}.gz`, `${dotted}.gz`].find((name) => present.has(name));
    if (found === undefined) located.missing.push(file);
    else located.paths[role] = join(folder, found);
  }
  return located;
}

export interface ReadSet {
  height: number;
  width: number;
  train: LabelledImages;
  test: LabelledImages;
  /** `official` when each file is the published one, `other` when one is not, `unknown` without sums to tell. */
  standing: 'official' | 'other' | 'unknown';
}

/**
 * Reads all four files and checks them against each other and the set.
 * @param crcs the CRC-32 each unpacked file must have; a file that differs is damaged.
 * @throws HourglassError (data), naming the file and the rule.
 */
export async function readSet(
  located: LocatedFiles,
  spec: DatasetSpec,
  crcs: Partial<Record<FileRole, number>> = {},
): Promise<ReadSet> {
  if (located.missing.length > 0) throw missingFiles(located, spec);
  const paths = located.paths as Record<FileRole, string>;
  let official = 0;
  let known = 0;
  const arrays = {} as Record<FileRole, IdxArray>;
  for (const role of FILE_ROLES) {
    const bytes = await readIdxBytes(paths[role]);
    arrays[role] = decodeIdx(bytes, paths[role]);
    const crc = crc32(bytes);
    if (crcs[role] !== undefined && crc !== crcs[role]) {
      throw refuse(paths[role], 'must have the checksum it was stored with', 'another (a damaged file)');
    }
    const expected = spec.sums[role]?.crc32;
    if (expected !== undefined) known++;
    if (expected === crc) official++;
    const owner = ownerOf(crc);
    if (owner !== null && owner !== spec.name) {
      throw refuse(paths[role], `must be ${spec.name}'s`, `${owner}'s own file`);
    }
  }
  const train = joinSplit(paths.trainImages, arrays.trainImages, paths.trainLabels, arrays.trainLabels, spec);
  const test = joinSplit(paths.testImages, arrays.testImages, paths.testLabels, arrays.testLabels, spec);
  const [height, width] = arrays.trainImages.shape.slice(1) as [number, number];
  const [testHeight, testWidth] = arrays.testImages.shape.slice(1) as [number, number];
  if (height !== testHeight || width !== testWidth) {
    throw refuse(
      paths.testImages,
      `must hold images of ${height}×${width}, like the training images`,
      `${testHeight}×${testWidth}`,
    );
  }
  const standing = known < FILE_ROLES.length ? 'unknown' : official === known ? 'official' : 'other';
  return { height, width, train, test, standing };
}

export function missingFiles({ folder, missing }: LocatedFiles, spec: DatasetSpec): HourglassError {
  return new HourglassError('data', {
    subject: folder,
    rule: `must hold the four IDX files of ${spec.name}, gzipped or not; missing: ${missing.join(', ')}`,
    hint: `they may also be in its sub-folder ${spec.folders[0]}`,
  });
}

/**
 * The unpacked bytes of one IDX file, gzipped or not. The header is read first and bounds the rest.
 * @throws HourglassError (data) for anything that is not a file, cannot be read, or is larger than its header says.
 */
export async function readIdxBytes(path: string): Promise<Uint8Array> {
  return unpackedIdx(await readWhole(path), path);
}

/** The bytes of an IDX file, gzipped or not. */
export const unpackedIdx = (bytes: Uint8Array, name: string): Uint8Array =>
  isGzip(bytes) ? unpackIdx(bytes, name) : bytes;

/** Unpacks a gzipped IDX file to at most the size its header gives. */
export function unpackIdx(bytes: Uint8Array, name: string): Uint8Array {
  const { total } = readIdxHeader(gunzipBeginning(bytes, name), name);
  return gunzipBounded(bytes, name, total);
}

async function readWhole(path: string): Promise<Uint8Array> {
  const bytes = await readFileIfThere(path, { most: MAX_IDX_ELEMENTS + MAX_IDX_HEADER, kind: 'data' });
  if (bytes === null) throw refuse(path, 'must be readable', 'ENOENT');
  if (bytes.length === 0) throw refuse(path, 'must be an IDX file', 'an empty file');
  return bytes;
}

/** One split: images [n, h, w] and labels [n] that agree, labels counted from 0, images upright. */
function joinSplit(
  imagesPath: string,
  images: IdxArray,
  labelsPath: string,
  labels: IdxArray,
  spec: DatasetSpec,
): LabelledImages {
  if (images.shape.length !== 3) {
    throw refuse(
      imagesPath,
      'must hold images, in 3 dimensions',
      `${images.shape.length}: ${images.shape.join('×')}`,
    );
  }
  if (labels.shape.length !== 1) {
    throw refuse(
      labelsPath,
      'must hold labels, in 1 dimension',
      `${labels.shape.length}: ${labels.shape.join('×')}`,
    );
  }
  const [count, height, width] = images.shape as [number, number, number];
  if (labels.shape[0] !== count) {
    throw refuse(
      labelsPath,
      `must hold ${count} labels, one per image of ${basename(imagesPath)}`,
      labels.shape[0],
    );
  }
  const last = spec.firstLabel + spec.classes.length - 1;
  const ownLabels = labels.data.slice();
  for (const [index, label] of labels.data.entries()) {
    if (label < spec.firstLabel || label > last) {
      throw refuse(
        labelsPath,
        `must hold labels from ${spec.firstLabel} to ${last}`,
        `${label} at place ${index}`,
      );
    }
    ownLabels[index] = label - spec.firstLabel;
  }
  if (spec.transposed) {
    if (height !== width) {
      throw refuse(
        imagesPath,
        'must hold square images, since EMNIST stores them transposed',
        `${height}×${width}`,
      );
    }
    transposeImages(images.data, height);
  }
  return { images: images.data, labels: ownLabels, count };
}

/** Transposes square images [n, side, side] in place. */
function transposeImages(images: Uint8Array, side: number): void {
  for (let start = 0; start < images.length; start += side * side) {
    for (let row = 1; row < side; row++) {
      for (let column = 0; column < row; column++) {
        const [a, b] = [start + row * side + column, start + column * side + row];
        const value = images[a]!;
        images[a] = images[b]!;
        images[b] = value;
      }
    }
  }
}

function refuse(subject: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('data', { subject, rule, got });
}
