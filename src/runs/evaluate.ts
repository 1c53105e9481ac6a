/** Held-out results: a model's reconstructions of a split, beside PCA with a code of the same size. */
import type { DataOptions, Dataset, LabelledImages } from '../data/dataset.ts';
import { openDataset } from '../data/open.ts';
import { trainingSplits } from '../data/splits.ts';
import {
  fitPca,
  RECONSTRUCTION_DEFINITIONS,
  ReconstructionErrors,
  type ReconstructionMetrics,
  reconstructPca,
} from '../metrics/index.ts';
import { readManifest } from '../store/index.ts';
import { requireSameImages } from './fingerprint.ts';
import { loadModel, type Model, scaled } from './model.ts';
import { loadRecipe } from './recipe.ts';

export interface Evaluation {
  /** The set and the split that the figures are on, and its number of images. */
  dataset: string;
  split: 'test' | 'validation' | 'train';
  images: number;
  /** What each figure is. */
  definitions: Record<string, string>;
  model: ReconstructionMetrics;
  /** PCA with as many components as the code has units, fitted on the training images. */
  pca: ReconstructionMetrics & { components: number };
  /** The mean training image in place of every reconstruction: what a model must beat to have learnt anything. */
  meanImage: ReconstructionMetrics;
}

/** Whether the model reconstructs no better, in squared error, than one picture that is the same for all images. */
export function isStalled({ model, meanImage }: Evaluation): boolean {
  return model.mse > 0.95 * meanImage.mse;
}

/** Images taken up at once. */
const PIECE = 1000;

function* pieces({ images, count }: LabelledImages, pixels: number): Generator<Float32Array> {
  for (let start = 0; start < count; start += PIECE) {
    yield scaled(images.subarray(start * pixels, Math.min(start + PIECE, count) * pixels));
  }
}

export interface EvaluationInput {
  model: Model;
  dataset: Dataset;
  /** What PCA is fitted on: the images that the model was trained on. */
  train: LabelledImages;
  held: LabelledImages;
  split: Evaluation['split'];
  threads: number;
}

export async function evaluateModel(input: EvaluationInput): Promise<Evaluation> {
  const { model, dataset, train, held, split, threads } = input;
  const pixels = dataset.height * dataset.width * dataset.channels;
  const components = Math.min(model.info.codeUnits, pixels);
  const pca = await fitPca(pieces(train, pixels), pixels, components, threads);
  const ours = new ReconstructionErrors(pixels);
  const linear = new ReconstructionErrors(pixels);
  const constant = new ReconstructionErrors(pixels);
  for (const images of pieces(held, pixels)) {
    ours.add(images, (await model.reconstruct(images)).data);
    linear.add(images, reconstructPca(pca, images));
    constant.add(images, reconstructPca({ mean: pca.mean, components: [] }, images));
  }
  return {
    dataset: dataset.name,
    split,
    images: held.count,
    definitions: RECONSTRUCTION_DEFINITIONS,
    model: ours.result(),
    pca: { components, ...linear.result() },
    meanImage: constant.result(),
  };
}

export interface EvaluateOptions extends Pick<DataOptions, 'dataDir' | 'offline' | 'cacheDir'> {
  split?: Evaluation['split'];
  threads?: number;
}

/** Evaluates a finished run anew, on the data it was trained on. */
export async function evaluateRun(run: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { split = 'test' } = options;
  const manifest = await readManifest(run);
  const threads = options.threads ?? manifest.threads;
  const model = await loadModel(run, { threads });
  try {
    const recipe = loadRecipe(manifest.config);
    const dataDir = options.dataDir ?? manifest.dataset.dataDir;
    const dataset = await openDataset(manifest.dataset.name, {
      ...options,
      ...(dataDir === null ? {} : { dataDir }),
    });
    const splits = trainingSplits(dataset, recipe.data.validation);
    requireSameImages(manifest, run, dataset, splits);
    return await evaluateModel({ model, dataset, train: splits.train, held: splits[split], split, threads });
  } finally {
    await model.dispose();
  }
}
