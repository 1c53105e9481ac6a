/** A folder of your own images on disk as a data set. */
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import type { DataOptions, Dataset } from '../dataset.ts';
import { DATASET_NAMES } from '../registry.ts';
import { convertFile, inspectFile } from './convert.ts';
import { type FoundFile, filesIn, readFileBounded } from './files.ts';
import type { FolderSettings } from './folder-settings.ts';
import type { ImageReader } from './image-file.ts';
import { imageSet } from './image-set.ts';
import { LeftOut } from './left-out.ts';
import { LARGEST_FILE } from './preprocessing.ts';

const reader: ImageReader<FoundFile> = {
  width: 2 * availableParallelism(),
  inspect: async ({ path, name }) => inspectFile(await readFileBounded(path, name, LARGEST_FILE), name),
  convert: async ({ path, name }, to) =>
    convertFile(await readFileBounded(path, name, LARGEST_FILE), name, to),
};

/**
 * @throws HourglassError: usage for a setting; data for a folder without images, with images next to class folders, with
 * too many classes or pixels, and for bad images if `onBad` is 'stop'.
 */
export async function openImageFolder(
  path: string,
  settings: FolderSettings = {},
  options: Pick<DataOptions, 'onRead' | 'signal'> = {},
): Promise<Dataset> {
  const folder = resolve(path);
  const leftOut = new LeftOut();
  const files: FoundFile[] = [];
  for await (const file of filesIn(folder, settings.followLinks ?? false, leftOut)) files.push(file);
  const base = basename(folder);
  const name = DATASET_NAMES.includes(base) ? `${base}-folder` : base;
  return imageSet({ folder, name, files, leftOut, reader }, settings, options);
}
