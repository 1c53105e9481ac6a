/**
 * What the sub-folders of a folder of images mean: classes, or the splits of a data set with classes in them. Split
 * folders that are mistaken for classes would be trained on, so anything unclear is refused. Names only; no file is read.
 */
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import type { LayoutChoice } from './folder-settings.ts';
import type { ImageFile } from './image-file.ts';

export type SplitName = 'train' | 'validation' | 'test';

export interface Member<F extends ImageFile = ImageFile> {
  file: F;
  class: string;
  /** Null if the folder does not tell. */
  split: SplitName | null;
}

export interface Layout<F extends ImageFile> {
  members: Member<F>[];
  /** A description of what was recognised; null for plain images and plain classes. */
  note: string | null;
  /** The only class in the training split where the test split has others, as `good` among defects. */
  normal: string | null;
}

const SPLITS: readonly [RegExp, SplitName][] = [
  [/^train(ing)?$/, 'train'],
  [/^(val|valid|validation|dev)$/, 'validation'],
  [/^test(ing)?$/, 'test'],
];

/** The split that a folder's name stands for: `Train`, `val`, `test_set`, `train2017`; null for any other name. */
export function splitNamed(folder: string): SplitName | null {
  const name = folder
    .toLowerCase()
    .replace(/[-_ ]?\d{4}$/, '')
    .replace(/[-_ ]?(set|data|images|split)$/, '');
  return SPLITS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Whether a folder next to splits holds masks, which mark the defective pixels of test images and are not trained on. */
const holdsMasks = (folder: string): boolean =>
  /^(ground[-_ ]?truths?|masks?|gt)$/.test(folder.toLowerCase());

/**
 * The class of an image in use, by the folders below the input in which it lies: directly below a split's folder, if all
 * folders are splits or masks; otherwise the first. `isMask` marks a mask, which is not an image to use.
 */
export function classInUse(
  place: readonly string[],
  isSplit: boolean,
): { class: string | null; isMask: boolean } {
  const folders = place.slice(0, -1);
  if (!isSplit) return { class: folders[0] ?? null, isMask: false };
  return { class: folders[1] ?? null, isMask: folders.length > 0 && holdsMasks(folders[0]!) };
}

/** Whether all these folders are splits or masks, and one is a split. */
export const areSplits = (folders: readonly string[]): boolean =>
  folders.some((name) => splitNamed(name) !== null) &&
  folders.every((name) => splitNamed(name) !== null || holdsMasks(name));

/** @throws HourglassError (data) if the names do not say clearly what to train on. */
export function layoutOf<F extends ImageFile>(
  folder: string,
  files: readonly F[],
  choice: LayoutChoice = 'auto',
): Layout<F> {
  const root = folder.replace(/[\\/]+$/, '').length + 1;
  const places = files.map(({ name }) => name.slice(root).split('/'));
  const tops = new Set(places.map((place) => (place.length > 1 ? place[0]! : '')));
  const rank = (top: string) => SPLITS.findIndex(([, split]) => split === splitNamed(top));
  const splits = [...tops].filter((top) => rank(top) >= 0).sort((a, b) => rank(a) - rank(b));
  const isGroundTruth = [...tops].some((top) => holdsMasks(top) && top.toLowerCase().startsWith('ground'));
  if (choice === 'classes' || (choice === 'auto' && splits.length === 0 && !isGroundTruth)) {
    if (choice === 'auto') refuseDeeperSplits(folder, places);
    const members = files.map((file, i): Member<F> => {
      const [top, ...rest] = places[i]!;
      return { file, class: rest.length > 0 ? top! : NO_CLASS, split: null };
    });
    refuseLoose(folder, members);
    return { members, note: null, normal: null };
  }
  checkSplits(folder, [...tops], splits, choice);
  const members: Member<F>[] = [];
  for (const [i, file] of files.entries()) {
    const [top, ...rest] = places[i]!;
    const split = rest.length > 0 ? splitNamed(top!) : null;
    if (split !== null) members.push({ file, class: rest.length > 1 ? rest[0]! : NO_CLASS, split });
  }
  refuseLoose(folder, members);
  const normal = normalClass(members);
  return { members, note: noteOf({ places, splits, members, normal }), normal };
}

function checkSplits(
  folder: string,
  tops: readonly string[],
  splits: readonly string[],
  choice: LayoutChoice,
): void {
  const listed = quoted(splits);
  const others = tops.filter((top) => splitNamed(top) === null && !holdsMasks(top));
  if (others.length > 0 && choice === 'auto') {
    const names = others.map((top) => (top === '' ? 'images of its own' : `'${top}'`));
    throw refuse(
      folder,
      `must hold nothing besides its split folders${splits.length > 0 ? ` (${listed})` : ''}, or no folder with the name of a split`,
      bounded(names),
      'move them out of it, or say what the folders are: data.layout=splits leaves the others out, data.layout=classes makes every folder a class',
    );
  }
  for (const split of ['train', 'validation', 'test'] as const) {
    const same = splits.filter((top) => splitNamed(top) === split);
    if (same.length > 1)
      throw refuse(folder, `must have one folder for each split`, quoted(same), 'rename or merge them');
  }
  if (splits.some((top) => splitNamed(top) === 'train')) return;
  throw refuse(
    folder,
    "must have a folder 'train', since its folders are splits",
    splits.length > 0 ? listed : quoted(tops),
    splits.length === 1 && tops.length === 1
      ? `to train on the images in ${splits[0]}, name that folder; if '${splits[0]}' is a class, set data.layout=classes`
      : 'to train on the images of one folder, name that folder; if they are classes, set data.layout=classes',
  );
}

/** Splits one folder deeper: several data sets side by side, or splits below classes, or one folder around it all. */
function refuseDeeperSplits(folder: string, places: readonly string[][]): void {
  const found = new Map<string, Set<string>>();
  for (const [top, second, ...rest] of places) {
    if (rest.length === 0 || (splitNamed(second!) === null && !holdsMasks(second!))) continue;
    found.set(top!, (found.get(top!) ?? new Set()).add(second!));
  }
  for (const [top, seconds] of found) {
    const names = [...seconds];
    if (!names.some((name) => splitNamed(name) === 'train') || names.length < 2) continue;
    throw refuse(
      folder,
      'must have its split folders directly below it',
      `${bounded(names.map((name) => `${top}/${name}`))}`,
      `train on that one: --data ${folder}/${top}; or put the splits above the classes; if all of '${top}' is one class, set data.layout=classes`,
    );
  }
}

function refuseLoose(folder: string, members: readonly Member[]): void {
  const loose = members.find((member) => member.class === NO_CLASS);
  const classed = members.find((member) => member.class !== NO_CLASS);
  if (loose === undefined || classed === undefined) return;
  const isSplit = loose.split !== null;
  throw refuse(
    folder,
    isSplit
      ? 'must have the images of all its splits in sub-folders, one per class, or none of them'
      : 'must have all its images in sub-folders, one per class, or none',
    `${loose.file.name} next to ${classed.file.name}`,
    isSplit
      ? "move it into the folder of its class, as 'train/good', or name the folder of one split to train on that alone"
      : 'move it into the folder of its class',
  );
}

function normalClass(members: readonly Member[]): string | null {
  const of = (split: SplitName) =>
    new Set(members.filter((member) => member.split === split).map((member) => member.class));
  const [training, test] = [[...of('train')], [...of('test')]];
  const isOne = training.length === 1 && training[0] !== NO_CLASS;
  return isOne && test.some((name) => name !== training[0]) ? training[0]! : null;
}

function noteOf({
  places,
  splits,
  members,
  normal,
}: {
  places: readonly string[][];
  splits: readonly string[];
  members: readonly Member[];
  normal: string | null;
}): string {
  const parts = [`${quoted(splits)} recognised as ${splits.length === 1 ? 'the split' : 'splits'}`];
  if (!members.some(({ split }) => split === 'test'))
    parts.push(
      `there is no test folder, so a part of '${splits.find((top) => splitNamed(top) === 'train')}' is kept for testing`,
    );
  if (normal !== null)
    parts.push(`the training split has only '${normal}', the other classes are in the test split`);
  const isMask = ([top, ...rest]: readonly string[]) => rest.length > 0 && holdsMasks(top!);
  const masks = places.filter(isMask);
  if (masks.length > 0) {
    const folders = [...new Set(masks.map(([top]) => top!))];
    parts.push(`${count(masks.length, 'mask')} in ${quoted(folders)} left out`);
  }
  const others = places.filter(
    (place) => !isMask(place) && (place.length === 1 || splitNamed(place[0]!) === null),
  );
  if (others.length > 0) parts.push(`${count(others.length, 'image')} outside these folders left out`);
  return parts.join('; ');
}

const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

const quoted = (names: readonly string[]): string => bounded(names.map((name) => `'${name}'`));

/** The first few of a list. */
function bounded(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function refuse(subject: string, rule: string, got: string, hint: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, hint });
}
