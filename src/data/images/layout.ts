/**
 * What the sub-folders of a folder of images mean: classes; the splits of a data set with classes in them; or normal
 * images and defects. Split folders that are mistaken for classes would be trained on, so anything unclear is refused.
 * Names only; no file is read.
 */
import { NO_CLASS } from '../classes.ts';
import { anomalyLayout, isAnomaly } from './anomaly-layout.ts';
import { holdsMasks, isNormalName, splitNamed } from './folder-names.ts';
import type { LayoutChoice } from './folder-settings.ts';
import type { ImageFile } from './image-file.ts';
import { bounded, type Layout, type Member, refuse, refuseLoose } from './layout-parts.ts';
import type { Placed } from './mask-files.ts';
import { isMaskAt, splitLayout } from './split-layout.ts';

/**
 * What an image in use is, by its path below the input: its class, or a mask, which is not an image to use. The class is
 * the first folder, or the one below the folder of a split.
 * @param tops the folders directly below the input.
 */
export function meaningInUse(
  tops: readonly string[],
): (place: readonly string[]) => { class: string | null; isMask: boolean } {
  const isSplit =
    tops.some((name) => splitNamed(name) !== null) &&
    tops.every((name) => splitNamed(name) !== null || holdsMasks(name));
  const hasMasks = isSplit || isAnomaly(tops);
  return (place) => {
    const folders = place.slice(0, -1);
    const isMask = hasMasks && (holdsMasks(folders[0] ?? '') || isMaskAt(place));
    return { class: folders[isSplit ? 1 : 0] ?? null, isMask };
  };
}

/** @throws HourglassError (data) if the names do not say clearly what to train on. */
export function layoutOf<F extends ImageFile>(
  folder: string,
  files: readonly F[],
  choice: LayoutChoice = 'auto',
): Layout<F> {
  const root = folder.replace(/[\\/]+$/, '').length + 1;
  const all = files.map((file): Placed<F> => ({ file, place: file.name.slice(root).split('/') }));
  const tops = [...new Set(all.map(({ place }) => (place.length > 1 ? place[0]! : '')))];
  const isSplit = tops.some((top) => splitNamed(top) !== null);
  if (choice === 'anomaly' || (choice === 'auto' && !isSplit && isAnomaly(tops)))
    return anomalyLayout(folder, all, tops);
  const isGroundTruth = tops.some((top) => holdsMasks(top) && top.toLowerCase().startsWith('ground'));
  if (choice === 'classes' || (choice === 'auto' && !isSplit && !isGroundTruth))
    return classLayout(folder, all, tops, choice);
  return splitLayout(folder, all, tops, choice);
}

function classLayout<F extends ImageFile>(
  folder: string,
  all: readonly Placed<F>[],
  tops: readonly string[],
  choice: LayoutChoice,
): Layout<F> {
  if (choice === 'auto')
    refuseDeeperSplits(
      folder,
      all.map(({ place }) => place),
    );
  const members = all.map(({ file, place }): Member<F> => {
    const [top, ...rest] = place;
    return { file, class: rest.length > 0 ? top! : NO_CLASS, split: null };
  });
  refuseLoose(folder, members);
  const good = choice === 'auto' && tops.length > 1 ? tops.find(isNormalName) : undefined;
  return { members, note: good === undefined ? null : trainsOnAll(good), normal: null };
}

const trainsOnAll = (good: string): string =>
  `'${good}' is trained on together with the other classes; to train on '${good}' alone and find the others, set data.layout=anomaly`;

/** Splits one folder deeper: several data sets side by side, or splits below classes, or one folder around it all. */
function refuseDeeperSplits(folder: string, places: readonly (readonly string[])[]): void {
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
