/**
 * A folder of one's own images as a data set: sub-folders are classes, or `train` and `test` with classes in them.
 * All images are converted to one size and held in memory, in splits that are a matter of the images' names and a
 * seed alone.
 */
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { HourglassError } from '../../errors.ts';
import type { DataOptions, Dataset, LabelledImages } from '../dataset.ts';
import { DATASET_NAMES } from '../registry.ts';
import { shuffle } from '../shuffle.ts';
import { indicesByClass, proportionalShares } from '../splits.ts';
import { convertFile, inspectFile } from './convert.ts';
import { type FoundFile, filesIn, readFileBounded } from './files.ts';
import { type LayoutChoice, layoutOf, type Member, type SplitName } from './layout.ts';
import { mapInOrder } from './order.ts';
import {
  describeConversion,
  describePreprocessing,
  LARGEST_FILE,
  type Preprocessing,
  type WholePreprocessing,
  wholePreprocessing,
} from './preprocessing.ts';

/** How a folder becomes a data set; what is left out is found from the images. */
export interface FolderSettings extends Partial<Omit<Preprocessing, 'height' | 'width'>> {
  /** The side of the square, or [height, width], in pixels: 4 to 128. */
  size?: number | readonly [height: number, width: number];
  /** The share of the images that is kept for the test split; default 0.15. */
  test?: number;
  /** Decides which images those are; default 1. Not the run's seed, so that runs can be compared. */
  splitSeed?: number;
  /** What its sub-folders are; default `auto`: splits where they have the names of splits, else classes. */
  layout?: LayoutChoice;
  /** Whether a file that cannot be read ends it (default), or is passed over with a note. */
  onBad?: 'stop' | 'skip';
}

const SMALLEST_SIDE = 4;
const LARGEST_SIDE = 128;
/** Images that decide size and colours, where no setting does. */
const LOOKED_AT = 1000;
/** The side of images that are larger than a model takes, or of many sizes. */
const USUAL_SIDE = 64;
/** All pixels together, in bytes. */
const MAX_BYTES = 2 ** 30;
const TEST_SHARE = 0.15;
/** A label is a byte. */
const MAX_CLASSES = 256;
/**
 * @throws HourglassError: usage for a setting; data for a folder without images, with images beside class folders, with
 * too many classes or pixels, and for the first bad image where `onBad` is 'stop'.
 */
export async function openImageFolder(
  path: string,
  settings: FolderSettings = {},
  options: Pick<DataOptions, 'onRead' | 'signal'> = {},
): Promise<Dataset> {
  const folder = resolve(path);
  const { splitSeed = 1, onBad = 'stop' } = settings;
  const { members, note, normal } = layoutOf(folder, await imagesIn(folder), settings.layout);
  const classes = [...new Set(members.map((member) => member.class))].sort();
  if (classes.length > MAX_CLASSES) {
    throw refuse(
      folder,
      `must have at most ${MAX_CLASSES} classes, one a sub-folder`,
      classes.length,
      'put them into fewer folders, or all images into one',
    );
  }
  const order = shuffle(
    members.map((_, i) => i),
    splitSeed,
  );
  const files = order.map((i) => members[i]!);
  const labels = Uint8Array.from(files, (file) => classes.indexOf(file.class));
  const splits = splitsOf(files, labels, settings, folder);
  const want = await preprocessingOf(files, settings, folder);
  const notes: string[] = [];
  const read = await readAll({ files, labels, splits, want, onBad, notes, folder }, options);
  const name = basename(folder);
  return {
    name: DATASET_NAMES.includes(name) ? `${name}-folder` : name,
    source: `images in ${folder}, as ${describePreprocessing(want)}`,
    height: want.height,
    width: want.width,
    channels: want.channels,
    classes,
    ...read,
    folder: { path: folder, preprocessing: want, layout: note, normal, notes },
  };
}

/** All images in it, or what there is instead. */
async function imagesIn(folder: string): Promise<FoundFile[]> {
  const leftOut = { links: 0, others: 0 };
  const files: FoundFile[] = [];
  for await (const file of filesIn(folder, false, leftOut)) files.push(file);
  if (files.length > 0) return files;
  const { links, others } = leftOut;
  const got =
    others + links === 0
      ? 'no files'
      : `${others} other file${others === 1 ? '' : 's'} and ${links} link${links === 1 ? '' : 's'}`;
  throw refuse(folder, 'must hold PNG, JPEG or WebP images, in it or in its sub-folders', got);
}

/** The splits that the folders name; where they name no test split, a share of the images is one. */
function splitsOf(
  files: readonly Member[],
  labels: Uint8Array,
  { test = TEST_SHARE, splitSeed = 1 }: FolderSettings,
  folder: string,
): SplitName[] {
  const splits = files.map(({ split }) => split ?? 'train');
  if (splits.includes('test')) return splits;
  const training = [...splits.keys()].filter((i) => splits[i] === 'train');
  const chosen = testSplit(
    Uint8Array.from(training, (i) => labels[i]!),
    test,
    splitSeed,
    folder,
  );
  for (const [place, split] of chosen.entries()) splits[training[place]!] = split;
  return splits;
}

/** The test split of a folder that names none: of each class its share, chosen by the seed. */
function testSplit(labels: Uint8Array, share: number, seed: number, folder: string): SplitName[] {
  if (!(share > 0 && share < 1)) {
    const rule = 'must be a share above 0 and below 1';
    throw new HourglassError('usage', { subject: 'data.test', rule, got: share });
  }
  if (labels.length < 3) {
    const rule = 'must hold at least 3 images: to learn from, to watch by and to judge by';
    throw refuse(folder, rule, labels.length);
  }
  const count = Math.min(labels.length - 2, Math.max(1, Math.round(labels.length * share)));
  const groups = indicesByClass(labels);
  const shares = proportionalShares(
    groups.map((group) => group.length),
    count,
  );
  const splits = new Array<SplitName>(labels.length).fill('train');
  for (const [label, group] of groups.entries()) {
    for (const i of shuffle(group, seed + label).subarray(0, shares[label])) splits[i] = 'test';
  }
  return splits;
}

/** What the settings say; where they say nothing, the most common size, grey where all are grey. */
async function preprocessingOf(
  files: readonly Member[],
  { size, channels, fit, invert, background }: FolderSettings,
  folder: string,
): Promise<WholePreprocessing> {
  const sides = size === undefined ? null : typeof size === 'number' ? [size, size] : size;
  const fits = (side: number) => Number.isInteger(side) && side >= SMALLEST_SIDE && side <= LARGEST_SIDE;
  if (sides !== null && !(sides.length === 2 && sides.every(fits))) {
    throw new HourglassError('usage', {
      subject: 'data.size',
      rule: `must be a side, or [height, width], of ${SMALLEST_SIDE} to ${LARGEST_SIDE} pixels`,
      got: size,
    });
  }
  const found =
    sides !== null && channels !== undefined ? null : await look(files.slice(0, LOOKED_AT), folder);
  const [height, width] = sides ?? found!.size;
  return wholePreprocessing({
    height: height!,
    width: width!,
    channels: channels ?? found!.channels,
    ...(fit === undefined ? {} : { fit }),
    ...(invert === undefined ? {} : { invert }),
    ...(background === undefined ? {} : { background }),
  });
}

async function look(
  files: readonly Member[],
  folder: string,
): Promise<{ size: [height: number, width: number]; channels: 1 | 3 }> {
  const sizes = new Map<string, number>();
  let seen = 0;
  let grey = true;
  const inspect = async ({ file: { path, name } }: Member) =>
    inspectFile(await readFileBounded(path, name, LARGEST_FILE), name).catch(() => null);
  for await (const found of mapInOrder(files, inspect, 2 * availableParallelism())) {
    // What cannot be read is told of when it is to be.
    if (found === null) continue;
    seen++;
    grey &&= found.isGrey;
    const key = `${found.height} ${found.width}`;
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  if (seen === 0) throw refuse(folder, 'must hold an image that can be read', 'none');
  const [[key, count]] = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)) as [
    [string, number],
  ];
  const size = key.split(' ').map(Number) as [number, number];
  return { size: usualSize(size, count > seen / 2), channels: grey ? 1 : 3 };
}

/** The images' own size where most have it and it is small enough; else 64 along the longer side. */
function usualSize([height, width]: [number, number], isCommon: boolean): [number, number] {
  if (!isCommon) return [USUAL_SIDE, USUAL_SIDE];
  const own = [height, width].every((side) => side >= SMALLEST_SIDE && side <= LARGEST_SIDE);
  if (own) return [height, width];
  const scale = USUAL_SIDE / Math.max(height, width);
  // Multiples of 4, so that two poolings divide them.
  const scaled = (side: number) => Math.max(SMALLEST_SIDE, 4 * Math.round((side * scale) / 4));
  return [scaled(height), scaled(width)];
}

interface Reading {
  files: readonly Member[];
  labels: Uint8Array;
  splits: readonly SplitName[];
  want: WholePreprocessing;
  onBad: 'stop' | 'skip';
  notes: string[];
  folder: string;
}

async function readAll(
  { files, labels, splits, want, onBad, notes, folder }: Reading,
  { onRead, signal }: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<Record<'train' | 'test', LabelledImages> & { validation: LabelledImages | null }> {
  const pixels = want.height * want.width * want.channels;
  if (files.length * pixels > MAX_BYTES) {
    throw refuse(
      folder,
      `must have at most ${MAX_BYTES} pixel values in all, which are held in memory`,
      `${files.length} × ${want.width} × ${want.height} × ${want.channels}`,
      'set data.size smaller or data.channels=1, or use fewer images',
    );
  }
  const counted = (split: SplitName) => splits.filter((other) => other === split).length;
  const made = (split: SplitName): Required<LabelledImages> & { names: string[] } => {
    const count = counted(split);
    return { images: new Uint8Array(count * pixels), labels: new Uint8Array(count), count: 0, names: [] };
  };
  const parts = { train: made('train'), validation: made('validation'), test: made('test') };
  // What every name begins with: the folder and a slash.
  const below = folder.replace(/[\\/]+$/, '').length + 1;
  const noted = new Set<string>();
  let skipped = 0;
  let done = 0;
  const convert = async ({ file: { path, name } }: Member) => {
    try {
      return await convertFile(await readFileBounded(path, name, LARGEST_FILE), name, want);
    } catch (error) {
      if (error instanceof HourglassError) return error;
      throw error;
    }
  };
  let i = 0;
  for await (const image of mapInOrder(files, convert, 2 * availableParallelism())) {
    const place = i++;
    if (signal?.aborted) {
      throw new HourglassError('interrupted', { subject: folder, rule: 'was not read to its end' });
    }
    onRead?.({ read: ++done, total: files.length });
    if (image instanceof HourglassError) {
      if (onBad === 'stop') throw withWayOut(image);
      if (skipped++ < 3) notes.push(`skipped: ${image.message}`);
      continue;
    }
    const { conversion } = image;
    const kind = [conversion.from.colours, ...conversion.steps].join();
    if (conversion.steps.length > 0 && !noted.has(kind)) {
      noted.add(kind);
      notes.push(describeConversion(conversion, want));
    }
    const part = parts[splits[place]!];
    part.images.set(image.pixels, part.count * pixels);
    part.labels[part.count++] = labels[place]!;
    part.names.push(files[place]!.file.name.slice(below));
  }
  if (skipped > 3) notes.push(`skipped: ${skipped - 3} more`);
  const whole = (split: SplitName): LabelledImages => {
    const { images, labels, count, names } = parts[split];
    return { images: images.subarray(0, count * pixels), labels: labels.subarray(0, count), count, names };
  };
  for (const split of ['train', 'test'] as const) {
    if (parts[split].count < (split === 'train' ? 2 : 1))
      throw refuse(folder, `must have more images for its ${split} split`, parts[split].count);
  }
  return {
    train: whole('train'),
    validation: parts.validation.count > 0 ? whole('validation') : null,
    test: whole('test'),
  };
}

function withWayOut({ kind, parts }: HourglassError): HourglassError {
  return new HourglassError(kind, {
    ...parts,
    hint: 'mend or remove it, or pass such files over: --set data.onBad=skip',
  });
}

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
