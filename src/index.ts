/**
 * hourglass: autoencoders in TypeScript. Train a recipe, load the model, use it.
 *
 * ```ts
 * import { loadModel, train } from 'hourglass';
 *
 * const run = await train('stacked', { data: 'mnist-10k', epochs: 5 });
 * const model = await loadModel(run.folder);
 * const { data } = await model.reconstruct(images); // bytes or floats in, floats in [0, 1] out
 * ```
 */

import type { FloatArray } from './engine/index.ts';
import {
  type ImageValues,
  type Model,
  addNoise as noisy,
  type SampleOptions,
  type Samples,
  sample as samplesOf,
} from './model/index.ts';
import { nodeEngine } from './node/engine/index.ts';
import type { Served, ServeOptions, Service } from './server/index.ts';

export type { DataOptions, Dataset, LabelledImages } from './data/dataset.ts';
export { type ImageBatch, type ImageOptions, openImages, type Preprocessing } from './data/images/index.ts';
export { openDataset } from './data/open.ts';
export {
  type CodeStatistics,
  type Diagnosis,
  type Finding,
  figuresOf,
  type ShownFigure,
} from './diagnosis/index.ts';
export type { FloatArray } from './engine/index.ts';
export { type ErrorKind, EXIT_CODES, HourglassError } from './errors.ts';
export {
  type CodeProbe,
  type EvaluateOptions,
  type Evaluation,
  evaluateLikelihood,
  evaluateRun,
  type LikelihoodEvaluation,
  type LikelihoodOptions,
  measureStatistics,
  probePixels,
  probeRun,
} from './evaluation/index.ts';
export { evaluateOneClass, type OneClassEvaluation, type OneClassOptions } from './jobs/index.ts';
export {
  FIGURES,
  type Figure,
  SCORE_KIND_DEFINITIONS,
  SCORE_KINDS,
  type ScoreKind,
} from './metrics/index.ts';
export {
  type Anomalies,
  type AnomalyOptions,
  anomaly,
  anomalyThreshold,
  type CodeMetric,
  denoise,
  type ImageValues,
  type Interpolation,
  type InterpolationMethod,
  interpolate,
  loadModel,
  type Manifold,
  type ManifoldOptions,
  type ManifoldSteps,
  type Model,
  type ModelInfo,
  manifold,
  type Neighbours,
  neighbours,
  type PriorTraits,
  type SampleOptions,
  type SampleSource,
  type Samples,
  SCORE_DEFINITION,
  type Statistics,
} from './model/index.ts';
export { loadRecipe, type Recipe, recipeNames } from './recipe/index.ts';
export type { Limits, Served, ServeOptions, Service } from './server/index.ts';
export {
  compareRuns,
  drawProbes,
  type ExportedModel,
  type ExportedName,
  type ExportOptions,
  exportModel,
  type FinishedRun,
  type RunEvent,
  type RunHeader,
  redrawPictures,
  resumeTraining,
  type TrainOptions,
  type TrainResult,
  train,
  type WrittenComparison,
  writeComparison,
  writeReport,
} from './session/index.ts';
export { type ListedRun, listRuns } from './store/index.ts';

/**
 * Draws codes and decodes them: the same for the same model, count and seed.
 * @throws HourglassError if the model has no prior to draw from, or the statistics of the codes are missing.
 */
export function sample(
  model: Model,
  count: number,
  seed?: number,
  options?: SampleOptions,
): Promise<Samples> {
  return samplesOf(nodeEngine, model, count, seed, options);
}

/**
 * Images with the noise that the model was trained on, [n, channels, height, width]: the same for the same seed and the
 * same positions.
 * @param options.firstRow the position of the first image among all, if they come in pieces.
 */
export function addNoise(
  model: Model,
  images: ImageValues,
  options?: { seed?: number; firstRow?: number },
): Promise<FloatArray> {
  return noisy(nodeEngine, model, images, options);
}

/**
 * Serves models of finished runs over HTTP: `await serve({ digits: run.folder }, { port: 0 })` returns its `url` and
 * `close()`. The routes are described in docs/serve.md and at /openapi.json.
 * @throws HourglassError if a model cannot be loaded, an option is not valid, or the address is taken.
 */
export async function serve(models: Served, options?: ServeOptions): Promise<Service> {
  // The HTTP modules are loaded only by programs that serve.
  return (await import('./server/index.ts')).serve(models, options);
}
