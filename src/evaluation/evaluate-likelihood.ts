/** The likelihood of a finished run, measured on the data it was trained on. */
import type { DataOptions } from '../data/dataset.ts';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { readWeights } from '../node/model-files.ts';
import { imageShape } from '../recipe/fitting.ts';
import { openRunData } from '../runs/index.ts';
import { type Binarisation, type LikelihoodEvaluation, measureLikelihood } from './likelihood.ts';

/** Images by default: at 5,000 samples each, more take minutes. */
const IMAGES = 500;

/** What is measured, and how. */
export interface LikelihoodOptions extends Pick<DataOptions, 'dataDir' | 'offline' | 'cacheDir'> {
  /** The split to measure. Default `test`. */
  split?: LikelihoodEvaluation['split'];
  /** How many images; default 500, or all if there are fewer. */
  images?: number;
  /** Default: as the run was trained, `sampled` with `loss.binarise`, otherwise `grey`. */
  binarisation?: Binarisation;
  /** Threads of ONNX Runtime. Default: as many as the run was trained with. */
  threads?: number;
  /** Called with the number of images done, of all. */
  onProgress?: (done: number, of: number) => void;
}

/**
 * Measures the likelihood of held-out images under a finished variational run: the evidence lower bound, and tighter bounds
 * by importance sampling with 50 and 5,000 codes for each image (Burda, Grosse and Salakhutdinov, 2016).
 *
 * @param run the run's folder.
 * @throws HourglassError of kind `usage` if the code is not Gaussian, the loss is not a likelihood, or there are fewer images
 * than requested; `run` or `data` if the run or its images are missing or damaged.
 *
 * @example
 * ```ts
 * import { evaluateLikelihood } from 'hourglass';
 *
 * const { elbo, nll } = await evaluateLikelihood('runs/vae', { images: 2 });
 * console.log(elbo, nll.at(-1)?.value); // nats per image
 * ```
 */
export async function evaluateLikelihood(
  run: string,
  options: LikelihoodOptions = {},
): Promise<LikelihoodEvaluation> {
  const { split = 'test', onProgress } = options;
  const { manifest, recipe, dataset, splits } = await openRunData(run, options);
  const definition = defineAutoencoder(recipe.model, imageShape(dataset));
  const weights = await readWeights(run, definition, recipe);
  const held = splits[split];
  const images = options.images ?? Math.min(IMAGES, held.count);
  return {
    dataset: dataset.name,
    split,
    ...(await measureLikelihood(
      nodeEngine,
      { definition, recipe, weights, held },
      {
        images,
        binarisation: options.binarisation,
        seed: manifest.seed,
        threads: options.threads ?? manifest.threads,
        onProgress,
      },
    )),
  };
}
