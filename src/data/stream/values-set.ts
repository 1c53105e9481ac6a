/** Images in one NPY or IDX file of any size as a data set: blocks of them are read when they are needed. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIdxHeader } from '../../codecs/idx.ts';
import { isNpy, MAX_NPY_HEADER, type NpyType, readNpyHeader } from '../../codecs/npy.ts';
import { HourglassError } from '../../errors.ts';
import { imageSpec, type LabelledSource, type SampleSpec, subset } from '../../samples/index.ts';
import { NO_CLASS } from '../classes.ts';
import type { ImageFolder, SampleSet } from '../dataset.ts';
import type { FolderSettings } from '../images/folder-settings.ts';
import { splitsOf } from '../images/plan-set.ts';
import { type WholePreprocessing, wholePreprocessing } from '../images/preprocessing.ts';
import { identityOfPictures } from './identity.ts';
import { FileParts } from './parts.ts';
import { MIXED } from './picture-set.ts';
import type { ValuesStart } from './start.ts';
import { threadedReader } from './threaded.ts';

/** Bytes of images that are read together. */
const BLOCK = 2 ** 20;
const LARGEST_SIDE = 1024;
const SIZES: Readonly<Record<NpyType, number>> = { u1: 1, f4: 4, f8: 8 };

/** How a file's numbers form images. */
interface Found {
  count: number;
  shape: readonly [channels: 1 | 3, height: number, width: number];
  channelsLast: boolean;
  type: NpyType;
  littleEndian: boolean;
  offset: number;
}

/** @throws HourglassError (data) for a file of another kind or length, and for labels that do not fit. */
export async function valuesSet(path: string, settings: FolderSettings): Promise<SampleSet> {
  const { size: bytes } = await stat(path);
  const parts = new FileParts([path]);
  const head = await parts.read(0, 0, Math.min(bytes, MAX_NPY_HEADER));
  const found = isNpy(head) ? npyOf(head, path) : idxOf(head, path);
  const { count, shape, channelsLast, type, littleEndian, offset } = found;
  const each = shape[0] * shape[1] * shape[2];
  const total = offset + count * each * SIZES[type];
  if (bytes !== total) {
    const what = bytes < total ? 'cut off' : 'too long';
    throw refuse(path, `must be ${total} bytes long, as its shape says`, `${bytes} bytes (${what})`);
  }
  const [channels, height, width] = shape;
  const want = wholePreprocessing({ channels, height, width });
  refuseConversion(path, settings, want);
  const { labels, classes, note } = await labelsOf(path, count);
  const spec: SampleSpec =
    type === 'u1'
      ? imageSpec(want)
      : { ...imageSpec(want), storage: 'float32', scaling: { type: 'divisor', divisor: 1 } };
  const rows = Math.max(1, Math.floor(BLOCK / (each * SIZES[type])));
  const start: ValuesStart = {
    ...{ type: 'values', file: path, offset, from: type, littleEndian, storage: spec.storage },
    ...{ shape, channelsLast, rows, count },
  };
  const identity = await identityOfPictures(
    1,
    () => JSON.stringify([bytes, type, shape, count]),
    (_, most) => parts.read(0, 0, Math.min(most, bytes)),
  );
  const spread = await identityOfPictures(
    Math.min(count, 64),
    (i) => String(i),
    (i, most) =>
      parts.read(
        0,
        offset + Math.floor((i * count) / Math.min(count, 64)) * each * SIZES[type],
        Math.min(most, each * SIZES[type]),
      ),
  );
  const whole: LabelledSource = {
    spec,
    count,
    labels,
    identity: [...identity, ...spread],
    blocks: {
      starts: Uint32Array.from({ length: Math.ceil(count / rows) }, (_, i) => i * rows),
      mixed: MIXED,
    },
    read: threadedReader(start, spec.storage),
  };
  const splits = splitsOf(new Array(count).fill({ split: null }), labels, settings, path);
  const split = (name: string) =>
    subset(whole, Uint32Array.from([...splits.keys()].filter((i) => splits[i] === name)));
  return {
    ...{
      name: nameOf(path),
      source: `${count.toLocaleString('en')} images in ${path}`,
      height,
      width,
      channels,
    },
    classes,
    train: split('train'),
    validation: null,
    test: split('test'),
    folder: folderOf(path, want, note),
  };
}

const folderOf = (path: string, preprocessing: WholePreprocessing, note: string | null): ImageFolder => ({
  ...{ path, filesIn: dirname(path), preprocessing, layout: note, normal: null, notes: [], skipped: [] },
});

/** `shapes.npy` and `shapes-idx3-ubyte` are shapes. */
const nameOf = (path: string): string => basename(path).replace(/\.npy$|[-.]idx\d-ubyte$/i, '') || 'images';

/** A run records the size and colours that it found: those are no conversion. */
function refuseConversion(path: string, settings: FolderSettings, own: WholePreprocessing): void {
  const { size } = settings;
  const sides = size === undefined ? undefined : typeof size === 'number' ? [size, size] : size;
  const given = { ...settings, height: sides?.[0], width: sides?.[1] };
  const keys = ['height', 'width', 'channels', 'fit', 'invert', 'background', 'range'] as const;
  const other = keys.find((key) => given[key] !== undefined && given[key] !== own[key]);
  if (other === undefined) return;
  throw new HourglassError('usage', {
    subject: `data.${other === 'height' || other === 'width' ? 'size' : other}`,
    rule: `must be left out: the images of an array (${path}) are taken as they are, ${own.width} × ${own.height}`,
    got: other === 'height' || other === 'width' ? JSON.stringify(size) : given[other],
  });
}

function npyOf(head: Uint8Array, path: string): Found {
  const { shape, fortran, type, littleEndian, header } = readNpyHeader(head, path);
  if (fortran) {
    throw refuse(
      path,
      'must be in C order',
      'Fortran order',
      'in Python: numpy.save(file, numpy.ascontiguousarray(array))',
    );
  }
  return { ...imagesOf(shape, path), type, littleEndian, offset: header };
}

function idxOf(head: Uint8Array, path: string): Found {
  const { shape, header } = readIdxHeader(head, path, Number.MAX_SAFE_INTEGER);
  return { ...imagesOf(shape, path), type: 'u1', littleEndian: true, offset: header };
}

/** [n, height, width], or with one or three channels before or after. */
function imagesOf(shape: readonly number[], path: string): Pick<Found, 'count' | 'shape' | 'channelsLast'> {
  const [count = 0, ...rest] = shape;
  const isColour = (n: number | undefined): n is 1 | 3 => n === 1 || n === 3;
  const fits = (...sides: (number | undefined)[]) =>
    sides.every((side) => side !== undefined && side >= 1 && side <= LARGEST_SIDE);
  const [a, b, c] = rest;
  if (count > 2 && count < 2 ** 32) {
    if (rest.length === 2 && fits(a, b)) return { count, shape: [1, a!, b!], channelsLast: false };
    if (rest.length === 3 && isColour(c) && fits(a, b))
      return { count, shape: [c, a!, b!], channelsLast: true };
    if (rest.length === 3 && isColour(a) && fits(b, c))
      return { count, shape: [a, b!, c!], channelsLast: false };
  }
  throw refuse(
    path,
    `must hold at least 3 images, [n, height, width] with 1 or 3 channels before or after, and sides up to ${LARGEST_SIDE}`,
    `[${shape.join(', ')}]`,
  );
}

/** The classes of images, from a file next to theirs: `x-labels.npy` for `x-images.npy`, `labels-idx1` for `images-idx3`. */
async function labelsOf(
  path: string,
  count: number,
): Promise<{ labels: Uint8Array; classes: string[]; note: string | null }> {
  const none = { labels: new Uint8Array(count), classes: [NO_CLASS], note: null };
  const name = basename(path);
  const other = name
    .replace(/images|(?<![a-z])x(?![a-z])/i, (word) => (word.length > 1 ? 'labels' : 'y'))
    .replace('idx3', 'idx1')
    .replace('idx4', 'idx1');
  if (other === name) return none;
  const file = join(dirname(path), other);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return none;
  const bytes = await new FileParts([file]).read(0, 0, found.size);
  const header = isNpy(bytes)
    ? readNpyHeader(bytes, file)
    : { ...readIdxHeader(bytes, file, Number.MAX_SAFE_INTEGER), type: 'u1' };
  const length = header.shape[0];
  if (header.shape.length !== 1 || length !== count || header.type !== 'u1') {
    throw refuse(
      file,
      `must hold ${count} labels as unsigned bytes, one per image of ${name}`,
      `[${header.shape.join(', ')}]`,
    );
  }
  const labels = new Uint8Array(bytes.subarray(header.header, header.header + count));
  if (labels.length !== count) throw refuse(file, `must hold ${count} labels`, 'a file that is cut off');
  const most = labels.reduce((a, b) => Math.max(a, b), 0);
  return {
    labels,
    classes: Array.from({ length: most + 1 }, (_, i) => String(i)),
    note: `classes from ${other}`,
  };
}

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
