/**
 * What is decided of images before any is read: their order, classes and splits, their size and colours. Splits depend only
 * on the images' names and a seed.
 */
import { HourglassError } from '../../errors.ts';
import { shuffle } from '../shuffle.ts';
import { indicesByClass, proportionalShares } from '../splits.ts';
import type { SplitName } from './folder-names.ts';
import type { FolderSettings } from './folder-settings.ts';
import { FORMATS, listed } from './formats.ts';
import type { ImageFile, ImageReader } from './image-file.ts';
import { layoutOf } from './layout.ts';
import type { Layout, Member } from './layout-parts.ts';
import type { LeftOut } from './left-out.ts';
import { LOOKED_AT, preprocessingOf } from './look.ts';
import type { WholePreprocessing } from './preprocessing.ts';

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

/** Images that belong together, wherever they come from. */
export interface Gathered<F extends ImageFile> extends Layout<F> {
  folder: string;
  /** What is opened to get them, if it is not the folder: a list of its files. */
  place?: string;
  reader: ImageReader<F>;
  /** Whether their order is mixed, so that any part of it is like the whole; otherwise neighbours stay together. */
  isMixed: boolean;
}

/** What is decided of images before they are read. */
export interface PlannedSet<F extends ImageFile> {
  files: readonly Member<F>[];
  classes: string[];
  /** Each file's class and split. */
  labels: Uint8Array;
  splits: SplitName[];
  want: WholePreprocessing;
}

/** What the files of a folder are, by their names. @throws HourglassError (data) for a folder without images. */
export function gather<F extends ImageFile>(
  { folder, files, leftOut, reader }: FilesOfFolder<F>,
  settings: FolderSettings,
): Gathered<F> {
  if (files.length === 0) {
    const got = leftOut.notes().join('; ');
    throw refuse(
      folder,
      `must hold ${listed(FORMATS)} images, in it or in its sub-folders`,
      got || 'no files',
    );
  }
  return { folder, reader, isMixed: true, ...layoutOf(folder, files, settings.layout) };
}

/**
 * Order, classes, splits, size and colours.
 * @throws HourglassError: usage for a setting; data for too many classes.
 */
export async function planSet<F extends ImageFile>(
  { folder, members, reader, isMixed }: Gathered<F>,
  settings: FolderSettings,
): Promise<PlannedSet<F>> {
  const classes = [...new Set(members.map((member) => member.class))].sort();
  if (classes.length > MAX_CLASSES) {
    throw refuse(
      folder,
      `must have at most ${MAX_CLASSES} classes, one per sub-folder`,
      classes.length,
      'put them into fewer folders, or all images into one',
    );
  }
  const places = members.map((_, i) => i);
  const order = isMixed ? shuffle(places, settings.splitSeed ?? 1) : places;
  const files = order.map((i) => members[i]!);
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const labels = Uint8Array.from(files, (file) => numbers.get(file.class)!);
  const splits = splitsOf(files, labels, settings, folder);
  // Neighbours may be alike: of an order that is not mixed, some are looked at that are spread evenly.
  const step = isMixed ? 1 : Math.max(1, Math.floor(files.length / LOOKED_AT));
  const looked = step === 1 ? files : files.filter((_, i) => i % step === 0);
  const want = await preprocessingOf(looked, settings, folder, reader);
  return { files, classes, labels, splits, want };
}

/**
 * The splits that the folders name. A share of the images that may be for either is kept for the test; if there is no
 * test split at all, a share of the training images.
 */
export function splitsOf(
  files: readonly Pick<Member, 'split'>[],
  labels: Uint8Array,
  { test = TEST_SHARE, splitSeed = 1 }: FolderSettings,
  folder: string,
): SplitName[] {
  const splits = files.map(({ split }) => split ?? 'train');
  const hasTest = splits.includes('test');
  const training = [...splits.keys()].filter((i) =>
    hasTest ? files[i]!.split === null : splits[i] === 'train',
  );
  if (hasTest && training.length === 0) return splits;
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
