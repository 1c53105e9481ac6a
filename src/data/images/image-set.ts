/**
 * Image files as a data set: sub-folders are classes, or `train` and `test` with classes in them. All images are converted to
 * one size and held in memory, in splits that depend only on the images' names and a seed. No disk: a reader is given.
 */
import { HourglassError } from '../../errors.ts';
import type { DataOptions, Dataset } from '../dataset.ts';
import { shuffle } from '../shuffle.ts';
import { indicesByClass, proportionalShares } from '../splits.ts';
import type { FolderSettings } from './folder-settings.ts';
import { FORMATS, listed } from './formats.ts';
import type { ImageFile, ImageReader } from './image-file.ts';
import { layoutOf, type Member, type SplitName } from './layout.ts';
import type { LeftOut } from './left-out.ts';
import { preprocessingOf } from './look.ts';
import { describePreprocessing } from './preprocessing.ts';
import { readAll } from './reading.ts';

const TEST_SHARE = 0.15;
/** A label is a byte. */
const MAX_CLASSES = 256;

/** The image files of a folder. */
export interface FilesOfFolder<F extends ImageFile> {
  /** The folder's path, with which the names of its files begin. */
  folder: string;
  /** The name that every result carries. */
  name: string;
  /** In an order that is always the same: by name, folder by folder. */
  files: readonly F[];
  /** What else there was. */
  leftOut: LeftOut;
  reader: ImageReader<F>;
}

/**
 * @throws HourglassError: usage for a setting; data for a folder without images, with images next to class folders, with
 * too many classes or pixels, and for bad images if `onBad` is 'stop'.
 */
export async function imageSet<F extends ImageFile>(
  { folder, name, files: found, leftOut, reader }: FilesOfFolder<F>,
  settings: FolderSettings,
  options: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<Dataset> {
  const { splitSeed = 1, onBad = 'stop' } = settings;
  if (found.length === 0) {
    const got = leftOut.notes().join('; ');
    throw refuse(
      folder,
      `must hold ${listed(FORMATS)} images, in it or in its sub-folders`,
      got || 'no files',
    );
  }
  const { members, note, normal } = layoutOf(folder, found, settings.layout);
  const classes = [...new Set(members.map((member) => member.class))].sort();
  if (classes.length > MAX_CLASSES) {
    throw refuse(
      folder,
      `must have at most ${MAX_CLASSES} classes, one per sub-folder`,
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
  const want = await preprocessingOf(files, settings, folder, reader);
  const { train, validation, test, notes, skipped } = await readAll(
    { files, reader, labels, splits, want, onBad, folder },
    options,
  );
  return {
    name,
    source: `images in ${folder}, as ${describePreprocessing(want)}`,
    height: want.height,
    width: want.width,
    channels: want.channels,
    classes,
    train,
    validation,
    test,
    folder: {
      path: folder,
      preprocessing: want,
      layout: note,
      normal,
      notes: [...leftOut.notes(), ...notes, ...unusedShare(members, settings)],
      skipped,
    },
  };
}

/** A note if `data.test` was set for a folder that has a test split of its own. */
function unusedShare(members: readonly Member[], { test }: FolderSettings): string[] {
  if (test === undefined || !members.some(({ split }) => split === 'test')) return [];
  return [`data.test=${test} has no effect: the folder has a test split of its own`];
}

/** The splits that the folders name; if they name no test split, a share of the images is used. */
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

/** The test split of a folder that names none: a share of each class, chosen by the seed. */
function testSplit(labels: Uint8Array, share: number, seed: number, folder: string): SplitName[] {
  if (!(share > 0 && share < 1)) {
    const rule = 'must be a share above 0 and below 1';
    throw new HourglassError('usage', { subject: 'data.test', rule, got: share });
  }
  if (labels.length < 3) {
    const rule = 'must hold at least 3 images: one each for training, validation and test';
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

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
