/** A folder of IDX files on disk as a data set. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataOptions, Dataset } from '../dataset.ts';
import { readIdxBytes } from '../files.ts';
import { convertRaw } from './convert.ts';
import type { FolderSettings } from './folder-settings.ts';
import { type IdxImage, idxImages } from './idx-images.ts';
import { isIdxName } from './idx-name.ts';
import type { ImageReader } from './image-file.ts';
import { imageSet } from './image-set.ts';
import { LeftOut } from './left-out.ts';

const reader: ImageReader<IdxImage> = {
  width: 16,
  inspect: async ({ height, width }) => ({ height, width, isGrey: true }),
  convert: ({ name, ...image }, to) => convertRaw({ ...image, channels: 1, layout: 'planes' }, name, to),
};

/**
 * The set of the IDX files that lie in a folder; null if there are none.
 * @throws HourglassError of kind 'data', naming the file, for one that is damaged, and for files that do not fit together.
 */
export async function idxSet(
  folder: string,
  name: string,
  settings: FolderSettings,
  options: Pick<DataOptions, 'onRead' | 'signal'>,
): Promise<Dataset | null> {
  const entries = await readdir(folder);
  const names = entries.filter((entry) => isIdxName(entry) && !entry.startsWith('.')).sort();
  if (names.length === 0) return null;
  const read = names.map(async (file) => ({ name: file, bytes: await readIdxBytes(join(folder, file)) }));
  const files = idxImages(folder, await Promise.all(read));
  return imageSet({ folder, name, files, leftOut: new LeftOut(), reader }, settings, options);
}
