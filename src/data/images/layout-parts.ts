/** What every kind of layout has: its members, their masks, and how both are said. */
import { HourglassError } from '../../errors.ts';
import { NO_CLASS } from '../classes.ts';
import type { SplitName } from './folder-names.ts';
import type { ImageFile } from './image-file.ts';
import { matchMasks, type Placed } from './mask-files.ts';

export interface Member<F extends ImageFile = ImageFile> {
  file: F;
  class: string;
  /** Null if the folder does not tell: some of these images are kept for the test. */
  split: SplitName | null;
  /** The picture that marks its defective pixels. */
  mask?: F;
}

export interface Layout<F extends ImageFile> {
  members: Member<F>[];
  /** A description of what was recognised; null for plain images and plain classes. */
  note: string | null;
  /** The only class that is trained on, if the test split has others: `good` among defects. */
  normal: string | null;
}

/** Images next to class folders. */
export function refuseLoose(folder: string, members: readonly Member[]): void {
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

/** Gives images their masks, and says so. `images` are those that may have one. */
export function giveMasks<F extends ImageFile>(
  members: readonly Member<F>[],
  images: readonly Placed<F>[],
  masks: readonly Placed<F>[],
  normal: string | null,
): string[] {
  if (masks.length === 0) return [];
  const { of, unused } = matchMasks(images, masks);
  let without = 0;
  for (const member of members) {
    const mask = of.get(member.file);
    if (mask !== undefined) member.mask = mask;
    else if (member.split === 'test' && normal !== null && member.class !== normal) without++;
  }
  return [
    `${count(of.size, 'image')} with a mask of ${of.size === 1 ? 'its' : 'their'} defects`,
    ...(without > 0 ? [`${count(without, 'image')} of defects without one`] : []),
    ...(unused > 0
      ? [`${count(unused, 'mask')} left out, ${unused === 1 ? 'its' : 'their'} images are not here`]
      : []),
  ];
}

export const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

export const quoted = (names: readonly string[]): string => bounded(names.map((name) => `'${name}'`));

/** The first few of a list. */
export function bounded(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

export function refuse(subject: string, rule: string, got: string, hint: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, hint });
}
