/** Which mask belongs to which image, by the names of their files alone. */
import { HourglassError } from '../../errors.ts';
import type { ImageFile } from './image-file.ts';

/** An image that may have a mask, or a mask; `place` is its path below the folder of its split or of the masks. */
export interface Placed<F extends ImageFile> {
  file: F;
  place: readonly string[];
}

export interface MatchedMasks<F extends ImageFile> {
  /** The mask of each image that has one. */
  of: Map<F, F>;
  /** Masks that belong to no image. */
  unused: number;
}

/** What a mask's name may have in addition to its image's: `000_mask.png`. */
const ADDED = /[-_. ](masks?|gt|label|ground[-_ ]?truth|seg(mentation)?)$/;

/**
 * A mask lies in the same sub-folders as its image and has its name, with another ending or with `_mask` after it. Where
 * the masks have no sub-folders the name alone decides, if only one image has it.
 * @throws HourglassError (data) if two masks have the name of one image.
 */
export function matchMasks<F extends ImageFile>(
  images: readonly Placed<F>[],
  masks: readonly Placed<F>[],
): MatchedMasks<F> {
  const byPath = new Map(images.map((image) => [keyOf(image.place), image.file]));
  const byName = new Map<string, F | null>();
  for (const { file, place } of images) {
    const name = keyOf(place.slice(-1));
    byName.set(name, byName.has(name) ? null : file);
  }
  const of = new Map<F, F>();
  let unused = 0;
  // Those whose folders say which image they belong to come first.
  const sorted = [
    ...masks.filter(({ place }) => place.length > 1),
    ...masks.filter(({ place }) => place.length === 1),
  ];
  const sure = new Set<F>();
  for (const mask of sorted) {
    const path = keyOf(mask.place);
    const known = mask.place.length > 1 ? byPath : byName;
    const image = known.get(path) ?? known.get(path.replace(ADDED, ''));
    const isLess = image && mask.place.length === 1 && sure.has(image);
    if (image === undefined || image === null || isLess) {
      unused++;
      continue;
    }
    if (mask.place.length > 1) sure.add(image);
    const other = of.get(image);
    if (other !== undefined) {
      throw new HourglassError('data', {
        subject: image.name,
        rule: 'must have one mask',
        got: `${other.name} and ${mask.file.name}`,
        hint: 'join them into one picture, or move one of them out of the folder',
      });
    }
    of.set(image, mask.file);
  }
  return { of, unused };
}

const keyOf = (place: readonly string[]): string =>
  place
    .join('/')
    .toLowerCase()
    .replace(/\.[^./]+$/, '');
