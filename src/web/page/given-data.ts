/** Images to train on as a page has them, checked and made plain, so that they can be posted. */
import { decodeIdx } from '../../codecs/idx.ts';
import { type GivenData, givenSet } from '../../data/given.ts';
import { HourglassError } from '../../errors.ts';
import { converted, type Pixels } from '../pixels.ts';
import { unpacked } from '../unpacked.ts';
import type { Posted, PostedData, PostedImages } from '../work/data.ts';
import type { PostedTable } from '../work/table.ts';
import { type FileData, type NamedFile, namedFiles, postedFiles } from './given-files.ts';

/** A split: bytes [n, channels, height, width] from 0 to 255, and the class of each image as a position in `classes`. */
export interface SplitOfArrays {
  /** The bytes of all images, one after the other. */
  images: Uint8Array | Uint8ClampedArray;
  /** By default all are of one class. */
  labels?: Uint8Array;
}

/** Images in arrays. */
export interface ArrayData extends SplitOfArrays {
  /** The name that every result carries. Default `images`. */
  name?: string;
  /** Pixels of an image. */
  height: number;
  /** Pixels of an image. */
  width: number;
  /** 1: grey; 3: red, green, blue. Default 1. */
  channels?: 1 | 3;
  /** The names of the classes. By default numbers. */
  classes?: readonly string[];
  /** By default some of the training images are taken. */
  validation?: SplitOfArrays;
  /** By default 15 % of the images are kept for it. */
  test?: SplitOfArrays;
}

/** A split in the format of MNIST's files. */
export interface SplitOfIdx {
  /** [count, height, width], unsigned bytes. */
  images: ArrayBuffer | Uint8Array | Blob;
  /** [count], unsigned bytes. By default all are of one class. */
  labels?: ArrayBuffer | Uint8Array | Blob;
}

/** Images as the bytes of IDX files, gzipped or not. */
export interface IdxData {
  /** The name that every result carries. Default `images`. */
  name?: string;
  /** The names of the classes. By default numbers. */
  classes?: readonly string[];
  /** The images to train on. */
  idx: SplitOfIdx;
  /** By default some of the training images are taken. */
  validation?: SplitOfIdx;
  /** By default 15 % of the images are kept for it. */
  test?: SplitOfIdx;
}

/** Pictures that the page has, all of one size. */
export interface PictureData {
  /** The name that every result carries. Default `images`. */
  name?: string;
  /** All of one size. */
  pictures: readonly Pixels[];
  /** 1: grey, by luma; 3: red, green, blue. By default grey if all pixels of all pictures are. */
  channels?: 1 | 3;
  /** The class of each picture. By default all are of one class. */
  labels?: Uint8Array;
  /** The names of the classes. By default numbers. */
  classes?: readonly string[];
}

/**
 * A table in one file or several: CSV, TSV, JSON lines, NPY, NPZ or safetensors, gzipped or not. The recipe's settings under `data`
 * say what its columns are: `{ 'data.label': 'kind' }`.
 */
export interface TableData {
  /** The name that every result carries. By default that of the file. */
  name?: string;
  /** A `FileList`, or a list of files. */
  table: ArrayLike<File | NamedFile>;
}

/** {@link GivenData} has images or rows as `train` takes them in Node. `mnist-10k`: the 10,000 digits that come along. A list of pictures is a {@link PictureData} without classes. */
export type TrainingData =
  | 'mnist-10k'
  | GivenData
  | ArrayData
  | IdxData
  | FileData
  | TableData
  | PictureData
  | readonly Pixels[];

const refuse = (subject: string, rule: string, got?: unknown) =>
  new HourglassError('usage', { subject, rule, ...(got === undefined ? {} : { got }) });

/** Null for the digits that come along. */
export async function postedData(data: TrainingData): Promise<Posted | null> {
  if (typeof data === 'string') {
    if (data === 'mnist-10k') return null;
    throw refuse('data', "must be 'mnist-10k', or images in arrays, files or pictures", data);
  }
  if (typeof data !== 'object' || data === null) {
    throw refuse('data', "must be 'mnist-10k', or images in arrays, files or pictures", String(data));
  }
  if (Array.isArray(data)) return ofPictures({ pictures: data as readonly Pixels[] });
  if ('pictures' in data) return ofPictures(data);
  if ('files' in data) return postedFiles(data);
  if ('table' in data) return postedTable(data);
  if ('idx' in data) return ofIdx(data);
  // As in Node: images or rows in typed arrays or nested lists. They are copied before the first wait.
  if ('train' in data) return { given: givenSet(data) };
  return ofArrays(data as ArrayData);
}

/** @throws HourglassError of kind 'usage' if there is no file. */
export function postedTable({ name, table: given }: TableData): PostedTable {
  const table = namedFiles(given, 'data.table').map(({ path, file }) => ({
    ...{ name: path.split('/').at(-1)!, file },
  }));
  return { name: name ?? table[0]!.name, table };
}

function ofArrays(data: ArrayData): PostedData {
  const { name = 'images', height, width, channels = 1, validation, test } = data;
  for (const [subject, side] of Object.entries({ height, width })) {
    if (!Number.isInteger(side) || side < 1) {
      throw refuse(`data.${subject}`, 'must be a whole number of pixels, 1 or more', side);
    }
  }
  if (channels !== 1 && channels !== 3)
    throw refuse('data.channels', 'must be 1 (grey) or 3 (RGB)', channels);
  const size = height * width * channels;
  const split = (subject: string, { images, labels }: SplitOfArrays): PostedImages => {
    if (!ArrayBuffer.isView(images) || images.BYTES_PER_ELEMENT !== 1) {
      throw refuse(`${subject}.images`, 'must be a Uint8Array with values from 0 to 255');
    }
    const count = images.length / size;
    if (count === 0) throw refuse(`${subject}.images`, 'must have at least one image', 'none');
    if (!Number.isInteger(count)) {
      throw refuse(
        `${subject}.images`,
        `must have ${channels} · ${height} · ${width} = ${size} bytes for each image`,
        `${images.length} bytes`,
      );
    }
    if (labels !== undefined && !(labels instanceof Uint8Array)) {
      throw refuse(`${subject}.labels`, 'must be a Uint8Array of positions in `classes`', typeof labels);
    }
    if (labels !== undefined && labels.length !== count) {
      throw refuse(`${subject}.labels`, `must have one label for each of the ${count} images`, labels.length);
    }
    return { images: new Uint8Array(images), labels: labels?.slice() ?? new Uint8Array(count) };
  };
  const train = split('data', data);
  const splits = {
    train,
    validation: validation === undefined ? null : split('data.validation', validation),
    test: test === undefined ? null : split('data.test', test),
  };
  return { name, height, width, channels, classes: classesOf(data.classes, splits), ...splits };
}

/** The names of the classes: those given, or numbers; one class has no name. */
function classesOf(
  given: readonly string[] | undefined,
  splits: Readonly<Record<string, PostedImages | null>>,
): readonly string[] {
  let most = 0;
  for (const split of Object.values(splits))
    for (const label of split?.labels ?? []) most = Math.max(most, label);
  if (given === undefined) return most === 0 ? [''] : Array.from({ length: most + 1 }, (_, i) => String(i));
  if (most >= given.length) {
    throw refuse('data.labels', `must be below ${given.length}, the number of classes`, most);
  }
  return given;
}

async function ofIdx({ name = 'images', classes, idx, validation, test }: IdxData): Promise<PostedData> {
  let shape: readonly number[] | undefined;
  const split = async (subject: string, { images, labels }: SplitOfIdx): Promise<SplitOfArrays> => {
    const decoded = decodeIdx(await unpacked(images, `${subject}.images`), `${subject}.images`);
    const [, height, width] = decoded.shape;
    if (decoded.shape.length !== 3 || height === undefined || width === undefined) {
      throw refuse(
        `${subject}.images`,
        'must have three dimensions: count, height, width',
        decoded.shape.join(' × '),
      );
    }
    shape ??= [height, width];
    if (shape[0] !== height || shape[1] !== width) {
      throw refuse(`${subject}.images`, `must be of ${shape[0]} × ${shape[1]}`, `${height} × ${width}`);
    }
    if (labels === undefined) return { images: decoded.data };
    return {
      images: decoded.data,
      labels: decodeIdx(await unpacked(labels, `${subject}.labels`), `${subject}.labels`).data,
    };
  };
  const train = await split('data.idx', idx);
  const others = {
    ...(validation === undefined ? {} : { validation: await split('data.validation', validation) }),
    ...(test === undefined ? {} : { test: await split('data.test', test) }),
  };
  const [height, width] = shape as readonly [number, number];
  const named = classes === undefined ? {} : { classes };
  return ofArrays({ name, height, width, ...named, ...train, ...others });
}

function ofPictures({ pictures, channels: asked, ...rest }: PictureData): PostedData {
  const [first] = pictures;
  if (first === undefined) throw refuse('data', 'must have at least one picture');
  const { height, width } = first;
  for (const [i, picture] of pictures.entries()) {
    if (picture.data?.length !== 4 * picture.height * picture.width) {
      throw refuse(
        `data: picture ${i}`,
        'must be an ImageData, or have its width, height and pixels as RGBA',
      );
    }
    if (picture.height !== height || picture.width !== width) {
      throw refuse(
        `data: picture ${i}`,
        `must be of ${height} × ${width}`,
        `${picture.height} × ${picture.width}`,
      );
    }
  }
  const channels = asked ?? (pictures.every(isGrey) ? 1 : 3);
  const size = channels * height * width;
  const images = new Uint8Array(pictures.length * size);
  const how = { height, width, channels, fit: 'contain', invert: false, background: 0 } as const;
  for (const [i, picture] of pictures.entries()) images.set(converted(picture.data, how), i * size);
  return ofArrays({ ...rest, height, width, channels, images });
}

function isGrey({ data }: Pixels): boolean {
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}
