/** Folders that are splits, with classes or images in them, and masks: also the layout of MVTec AD. */
import { NO_CLASS } from '../classes.ts';
import { holdsMasks, isNormalName, SPLITS, type SplitName, splitNamed } from './folder-names.ts';
import type { LayoutChoice } from './folder-settings.ts';
import type { ImageFile } from './image-file.ts';
import {
  bounded,
  count,
  giveMasks,
  type Layout,
  type Member,
  quoted,
  refuse,
  refuseLoose,
} from './layout-parts.ts';
import type { Placed } from './mask-files.ts';

export function splitLayout<F extends ImageFile>(
  folder: string,
  all: readonly Placed<F>[],
  tops: readonly string[],
  choice: LayoutChoice,
): Layout<F> {
  const rank = (top: string) => SPLITS.findIndex(([, split]) => split === splitNamed(top));
  const splits = tops.filter((top) => rank(top) >= 0).sort((a, b) => rank(a) - rank(b));
  checkSplits(folder, tops, splits, choice);
  const members: Member<F>[] = [];
  const tested: Placed<F>[] = [];
  const masks: Placed<F>[] = [];
  let outside = 0;
  for (const { file, place } of all) {
    const [top, ...rest] = place;
    const split = rest.length > 0 ? splitNamed(top!) : null;
    if (rest.length > 0 && holdsMasks(top!)) masks.push({ file, place: rest });
    else if (isMaskAt(place)) masks.push({ file, place: rest.slice(1) });
    else if (split === null) outside++;
    else {
      members.push({ file, class: rest.length > 1 ? rest[0]! : NO_CLASS, split });
      if (split !== 'train') tested.push({ file, place: rest });
    }
  }
  nameLoose(members);
  refuseLoose(folder, members);
  const normal = normalClass(members);
  const parts = [
    ...describeSplits(splits, members, normal),
    ...giveMasks(members, tested, masks, normal),
    ...(outside > 0 ? [`${count(outside, 'image')} outside these folders left out`] : []),
  ];
  return { members, note: parts.join('; '), normal };
}

/** Whether a file lies in a folder of masks within the folder of a split. */
export const isMaskAt = ([top, second, ...rest]: readonly string[]): boolean =>
  rest.length > 0 && splitNamed(top!) !== null && holdsMasks(second!);

/** Training images without a sub-folder are of the normal class, if the test split has a folder with such a name. */
function nameLoose(members: Member[]): void {
  const training = members.filter(({ split }) => split === 'train');
  if (training.some((member) => member.class !== NO_CLASS)) return;
  const normal = members.find((member) => member.split === 'test' && isNormalName(member.class))?.class;
  if (normal !== undefined) for (const member of training) member.class = normal;
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

/** The only class that is trained on, if the test split has others. */
export function normalClass(members: readonly Member[]): string | null {
  const of = (split: SplitName) =>
    new Set(members.filter((member) => member.split === split).map((member) => member.class));
  const [training, test] = [[...of('train')], [...of('test')]];
  const isOne = training.length === 1 && training[0] !== NO_CLASS;
  return isOne && test.some((name) => name !== training[0]) ? training[0]! : null;
}

function describeSplits(
  splits: readonly string[],
  members: readonly Member[],
  normal: string | null,
): string[] {
  const parts = [`${quoted(splits)} recognised as ${splits.length === 1 ? 'the split' : 'splits'}`];
  if (!members.some(({ split }) => split === 'test'))
    parts.push(
      `there is no test folder, so a part of '${splits.find((top) => splitNamed(top) === 'train')}' is kept for testing`,
    );
  if (normal !== null)
    parts.push(`the training split has only '${normal}', the other classes are in the test split`);
  return parts;
}
