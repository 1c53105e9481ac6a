/** The data a finished run was trained on, opened again and checked to be the same. */
import { onlyClasses } from '../data/classes.ts';
import type { Dataset, LabelledImages } from '../data/dataset.ts';
import { openDataset } from '../data/open.ts';
import { type TrainingSplits, trainingSplits } from '../data/splits.ts';
import { type Manifest, readManifest } from '../store/index.ts';
import { requireSameImages } from './fingerprint.ts';
import { scaled } from './model.ts';
import { loadRecipe, type Recipe } from './recipe.ts';
import type { SessionData } from './state.ts';

/** Images taken up at once. */
const PIECE = 1000;

/** A split's images in [0, 1], a thousand at a time: memory stays flat for any number of them. */
export function* pieces({ images, count }: LabelledImages, pixels: number): Generator<Float32Array> {
  for (let start = 0; start < count; start += PIECE) {
    yield scaled(images.subarray(start * pixels, Math.min(start + PIECE, count) * pixels));
  }
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

/** @throws HourglassError where the run or its data are missing, or the images are others. */
export async function openRunData(run: string, options: SessionData = {}): Promise<OpenedRun> {
  const manifest = await readManifest(run);
  const recipe = loadRecipe(manifest.config);
  const dataDir = options.dataDir ?? manifest.dataset.dataDir;
  const whole = await openDataset(manifest.dataset.name, {
    ...options,
    ...(dataDir === null ? {} : { dataDir }),
  });
  const dataset = onlyClasses(whole, recipe.data.classes);
  const splits = trainingSplits(dataset, recipe.data.validation);
  requireSameImages(manifest, run, dataset, splits);
  const pixels = dataset.height * dataset.width * dataset.channels;
  return { manifest, recipe, dataset, whole, splits, pixels };
}
