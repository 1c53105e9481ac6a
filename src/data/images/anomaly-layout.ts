/** Normal images next to folders of defects, without splits: the layout of anomalib's `Folder`. */
import { holdsMasks, isAbnormalName, isNormalName } from './folder-names.ts';
import type { ImageFile } from './image-file.ts';
import { bounded, giveMasks, type Layout, type Member, quoted, refuse } from './layout-parts.ts';
import type { Placed } from './mask-files.ts';

/** Whether one folder has normal images, and all others have masks or, by their names, defects. */
export function isAnomaly(tops: readonly string[]): boolean {
  const others = tops.filter((top) => !isNormalName(top));
  const defects = others.filter((top) => !holdsMasks(top));
  return (
    others.length === tops.length - 1 &&
    defects.length > 0 &&
    !defects.includes('') &&
    (others.length > defects.length || defects.every(isAbnormalName))
  );
}

/** Normal images, of which some are kept for the test, next to folders of defects, all for the test. */
export function anomalyLayout<F extends ImageFile>(
  folder: string,
  all: readonly Placed<F>[],
  tops: readonly string[],
): Layout<F> {
  const normals = tops.filter(isNormalName);
  const [normal, more] = normals;
  if (normal === undefined || more !== undefined || tops.includes('')) {
    throw refuse(
      folder,
      'must have one sub-folder of normal images, such as good or normal, and others of defects: data.layout=anomaly',
      bounded(tops.map((top) => (top === '' ? 'images of its own' : `'${top}'`))),
      'rename the folder of normal images to good, or set data.layout=classes',
    );
  }
  const members = all
    .filter(({ place }) => !holdsMasks(place[0]!))
    .map(
      ({ file, place }): Member<F> => ({
        file,
        class: place[0]!,
        split: place[0] === normal ? null : 'test',
      }),
    );
  const masks = all
    .filter(({ place }) => holdsMasks(place[0]!))
    .map(({ file, place }) => ({ file, place: place.slice(1) }));
  const defects = all.filter(({ place }) => !holdsMasks(place[0]!) && place[0] !== normal);
  if (defects.length === 0)
    throw refuse(folder, 'must have images of defects', 'none', 'add a folder of them');
  const kinds = [...new Set(defects.map(({ place }) => place[0]!))];
  const parts = [
    `'${normal}' recognised as the normal images: only these are trained on; ${quoted(kinds)} ${kinds.length === 1 ? 'is' : 'are'} kept for testing`,
    ...giveMasks(members, defects, masks, normal),
  ];
  return { members, note: parts.join('; '), normal };
}
