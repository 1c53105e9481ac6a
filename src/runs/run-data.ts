/** The data a finished run was trained on, opened again and checked to be the same. */
import { resolve } from 'node:path';
import { onlyClasses } from '../data/classes.ts';
import type { DataOptions, Dataset, LabelledImages } from '../data/dataset.ts';
import type { FolderSettings } from '../data/images/index.ts';
import { openDataset } from '../data/open.ts';
import { type TrainingSplits, trainingSplits } from '../data/splits.ts';
import { HourglassError } from '../errors.ts';
import { type Manifest, readManifest } from '../store/index.ts';
import { requireSameImages } from './fingerprint.ts';
import { scaled } from './model.ts';
import { loadRecipe, type Recipe } from './recipe.ts';
import type { SessionData } from './state.ts';

/** Images taken up at once. */
const PIECE = 1000;

/** A split's images in [0, 1], a thousand at a time: memory stays flat for any number of them. */
export function pieces({ images, count }: LabelledImages, pixels: number): Iterable<Float32Array> {
  return {
    *[Symbol.iterator]() {
      for (let start = 0; start < count; start += PIECE) {
        yield scaled(images.subarray(start * pixels, Math.min(start + PIECE, count) * pixels));
      }
    },
  };
}

export interface OpenedRun {
  manifest: Manifest;
  recipe: Recipe;
  /** With the classes that the run was trained on. */
  dataset: Dataset;
  /** With all classes. */
  whole: Dataset;
  splits: TrainingSplits;
  /** Elements of an image. */
  pixels: number;
}

/** What a recipe says of a folder of images. */
export function folderSettings({
  data: { set: _, classes: __, validation: ___, ...images },
}: Recipe): FolderSettings {
  return Object.fromEntries(Object.entries(images).filter(([, value]) => value !== undefined));
}

/**
 * Where a run's own data are: the set that was found, not the one asked for, as a run never changes its data; of a
 * folder of images that folder, or the one it was moved to, converted as they were.
 */
export function foundData(
  { dataset }: Manifest,
  recipe: Recipe,
  options: SessionData,
): { set: string; options: DataOptions } {
  const { folder, preprocessing, name } = dataset;
  if (folder !== null && preprocessing !== null) {
    const { dataDir = folder, ...rest } = options;
    const { height, width, ...how } = preprocessing;
    const images = { ...folderSettings(recipe), ...how, size: [height, width] as const };
    return { set: resolve(dataDir), options: { ...rest, images } };
  }
  const dataDir = options.dataDir ?? dataset.dataDir;
  return { set: name, options: { ...options, ...(dataDir === null ? {} : { dataDir }) } };
}

/** @throws HourglassError where the run or its data are missing, or the images are others. */
export async function openRunData(run: string, options: SessionData = {}): Promise<OpenedRun> {
  const manifest = await readManifest(run);
  const recipe = loadRecipe(manifest.config);
  const found = foundData(manifest, recipe, options);
  const whole = await openDataset(found.set, found.options).catch((error: unknown) => {
    throw manifest.dataset.folder === null || options.dataDir !== undefined ? error : moved(error);
  });
  const dataset = onlyClasses(whole, recipe.data.classes);
  const splits = trainingSplits(dataset, recipe.data.validation);
  requireSameImages(manifest, run, dataset, splits);
  const pixels = dataset.height * dataset.width * dataset.channels;
  return { manifest, recipe, dataset, whole, splits, pixels };
}

/** The folder of images is not where it was. */
function moved(error: unknown): unknown {
  if (!(error instanceof HourglassError) || error.kind !== 'data' || error.parts.hint) return error;
  const hint = 'it is what the run was trained on; where it was moved, say where to: --data-dir <folder>';
  return new HourglassError('data', { ...error.parts, hint }, { cause: error });
}
