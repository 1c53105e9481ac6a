/**
 * hourglass: autoencoders in TypeScript. Train a recipe, load the model, use it.
 *
 * ```ts
 * import { loadModel, openDataset, train } from 'hourglass';
 *
 * const run = await train('quick', { data: 'mnist-10k', epochs: 1 });
 * const model = await loadModel(run.folder);
 * const { test } = await openDataset('mnist-10k');
 * const { data } = await model.reconstruct(test.images); // bytes or floats in, floats in [0, 1] out
 * console.log(data.length);
 * await model.dispose();
 * ```
 *
 * @module hourglass
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
import type { OverlayOptions } from './render/overlays.ts';
import type { Served, ServeOptions, Service } from './server/index.ts';

export type { ClassChoice, ClassCounts } from './data/classes.ts';
export type {
  DataOptions,
  Dataset,
  DownloadProgress,
  ImageFolder,
  LabelledImages,
  PixelMasks,
} from './data/dataset.ts';
export type { GivenData, GivenLabels, GivenSplit, GivenValues, NestedNumbers } from './data/given.ts';
export type {
  Fit,
  FolderSettings,
  LayoutChoice,
  SourceOptions,
  Tiles,
  WholePreprocessing,
} from './data/images/index.ts';
export { type ImageBatch, type ImageOptions, openImages, type Preprocessing } from './data/images/index.ts';
export { openDataset } from './data/open.ts';
export type { ColumnSchema, TableSchema } from './data/tables/schema.ts';
export { openRows, type RowBatch, type RowOptions } from './data/tables/stream.ts';
export {
  type CodeStatistics,
  type Diagnosis,
  type FigureSides,
  type Finding,
  figuresOf,
  type MeasuredValues,
  type ShownFigure,
  type Side,
  type Sides,
} from './diagnosis/index.ts';
export type { Device, DeviceChoice, FloatArray } from './engine/index.ts';
export type { ErrorParts } from './errors.ts';
export { type ErrorKind, EXIT_CODES, HourglassError } from './errors.ts';
export type {
  Binarisation,
  CorruptedEvaluation,
  DetectionByScore,
  DetectionEvaluation,
  LeftOutClass,
  OnProgress,
  ProbedSplit,
  ProbeOptions,
  ScoreName,
  SimilarityEvaluation,
  WorstRows,
} from './evaluation/index.ts';
export {
  type CodeProbe,
  type EvaluateOptions,
  type Evaluation,
  evaluateGeneration,
  evaluateLikelihood,
  evaluateRun,
  fitSampler,
  type GenerationEvaluation,
  type GenerationOptions,
  keepMeasured,
  type LikelihoodEvaluation,
  type LikelihoodOptions,
  type MeasuredOnRequest,
  measureStatistics,
  probePixels,
  probeRun,
  type SamplerOptions,
} from './evaluation/index.ts';
export type { LeftOutModel, OneClassProgress, OneClassRow, OneClassTable, Setup } from './jobs/index.ts';
export {
  type EndedTrial,
  evaluateOneClass,
  type OneClassEvaluation,
  type OneClassOptions,
  type OverSeeds,
  readSweepSummary as readSweep,
  resumeSweep,
  type SweepChoices,
  type SweepControl,
  type SweepDomain,
  type SweepFigures,
  type SweepIntegers,
  type SweepRange,
  type SweepRequest,
  type SweepSummary,
  type SweepTrial,
  sweep,
} from './jobs/index.ts';
export type {
  BestF1,
  ClustersResult,
  ColumnErrors,
  GenerationSource,
  GenerationValues,
  MeasuredDetectionScore,
  NeighboursResult,
  PixelFigures,
  ProbeResult,
  ProbeSettings,
  ReconstructionMetrics,
  SimilarityMetrics,
} from './metrics/index.ts';
export {
  type Accumulator,
  type CodesAndPca,
  type FalseAlarms,
  FIGURES,
  type Figure,
  type FigureDefinition,
  type FigureValuesByKey,
  type FigureWords,
  type LikelihoodValues,
  type ListedFigure,
  type Measure,
  type Measured,
  type MeasuredSamples,
  type ProbeValues,
  SCORE_KIND_DEFINITIONS,
  SCORE_KINDS,
  type ScoreKind,
} from './metrics/index.ts';
export type {
  CodeMoments,
  HeldOutScores,
  NamedImages,
  NeighbourOptions,
  OtherScores,
  ReferencePiece,
  RowInfo,
  RowValues,
  ScoreDistribution,
  TrainingResiduals,
} from './model/index.ts';
export {
  type Anomalies,
  type AnomalyOptions,
  type Autoregressive,
  anomaly,
  anomalyThreshold,
  type CodeMetric,
  type ConditionInfo,
  decodeIntegers,
  denoise,
  encodeIntegers,
  falseAlarmsAbove,
  type ImageValues,
  type IntegerArray,
  type Interpolation,
  type InterpolationMethod,
  interpolate,
  type Manifold,
  type ManifoldOptions,
  type ManifoldSteps,
  type Model,
  type ModelInfo,
  manifold,
  type Neighbours,
  neighbours,
  type Posterior,
  type PosteriorDraws,
  type Quantised,
  type SampleOptions,
  type SamplerName,
  type Samplers,
  type SampleSource,
  type Samples,
  SCORE_DEFINITION,
  type Statistics,
  type StoredCoupling,
  type StoredFlow,
  type StoredLayer,
  type StoredMixture,
  type StoredSecondStage,
  sampleSources,
  type Told,
  type ToldClass,
} from './model/index.ts';
export type {
  AutoencoderConfig,
  CorruptionConfig,
  ImageShape,
  LossConfig,
  LossPart,
  PenaltiesConfig,
  PriorTraits,
} from './models/index.ts';
export { loadModel } from './node/load-model.ts';
export { loadRecipe, recipeNames } from './node/recipes.ts';
export type { DataConfig, Recipe } from './recipe/index.ts';
export type { Manifest, MetricsRow, TensorboardLevel } from './record/index.ts';
export type { OverlayOptions } from './render/overlays.ts';
export type { SessionData } from './runs/data.ts';
export type { Limits, Served, ServedModel, ServeOptions, Service } from './server/index.ts';
export type {
  ComparedFigure,
  ComparedRun,
  Comparison,
  Difference,
  FollowOptions,
  ProbeAccuracy,
  Snapshot,
  SnapshotImages,
  SnapshotRow,
  StoppedRun,
  TrainingControl,
} from './session/index.ts';
export {
  type ContinueOptions,
  compareRuns,
  continueTraining,
  dataSchema,
  drawProbes,
  type ExportedModel,
  type ExportedName,
  type ExportOptions,
  exportModel,
  type FinishedRun,
  loadExtensions,
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
export type { ListedResults, RunEntry, RunWriter } from './store/index.ts';
export { type ListedRun, listRuns } from './store/index.ts';
export {
  type ChangedConstant,
  type ColumnPart,
  changedConstants,
  encodeRecords,
  type ScoredRow,
  type TableEncoding,
  type TableSettings,
} from './tables/index.ts';
export type { Losses, TrainingSettings } from './training/index.ts';

/**
 * Draws codes and decodes them: the same for the same model, count and seed.
 *
 * @param count the number of samples, 1 or more.
 * @param seed a whole number, 0 or more. Default 1.
 * @throws HourglassError of kind `usage` if the model has no prior to draw from; `run` if the statistics of the codes are
 * needed and missing.
 *
 * @example
 * ```ts
 * import { loadModel, sample } from 'hourglass';
 *
 * await using model = await loadModel('runs/vae');
 * const { images, note } = await sample(model, 16, 7);
 * console.log(images.shape, note); // [ 16, 1, 28, 28 ] codes drawn from the prior N(0, I)
 * ```
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
 *
 * @param options.seed a whole number, 0 or more. Default 1.
 * @param options.firstRow the position of the first image among all, if they come in pieces. Default 0.
 * @throws HourglassError of kind `usage` if the model was not trained with a corruption.
 *
 * @example
 * ```ts
 * import { addNoise, denoise, loadModel, openDataset } from 'hourglass';
 *
 * await using model = await loadModel('runs/denoiser');
 * const { test } = await openDataset('mnist-10k');
 * const noisy = await addNoise(model, test.images.subarray(0, 784), { seed: 3 });
 * const clean = await denoise(model, noisy.data);
 * console.log(clean.shape); // [ 1, 1, 28, 28 ]
 * ```
 */
export function addNoise(
  model: Model,
  images: ImageValues,
  options?: { seed?: number; firstRow?: number },
): Promise<FloatArray> {
  return noisy(nodeEngine, model, images, options);
}

/**
 * An image with a map of scores over it as heat, from white through orange to brown: RGB, [height, width, 3], 0 to 255. The image
 * becomes grey beneath it.
 *
 * @param image [channels, height, width], in [0, 1].
 * @param map [height, width], 0 or more: {@link Anomalies.maps} of one image.
 * @throws HourglassError of kind `usage` for a value that is not finite.
 *
 * @example
 * ```ts
 * import { anomaly, heatOverlay, loadModel, openDataset } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * const { test, height, width } = await openDataset('mnist-10k');
 * const image = Float32Array.from(test.images.subarray(0, 784), (value) => value / 255);
 * const { maps, threshold } = await anomaly(model, image, { score: 'smoothed-max', maps: true });
 * const options = { channels: 1, height, width, to: 2 * threshold, opacity: 0.5 };
 * const pixels = await heatOverlay(image, maps!.data, options);
 * console.log(pixels.length); // 2352
 * ```
 */
export async function heatOverlay(
  image: Float32Array,
  map: Float32Array,
  options: OverlayOptions,
): Promise<Uint8Array> {
  // What draws is loaded only by programs that draw.
  return (await import('./render/overlays.ts')).heatOverlay(image, map, options);
}

/**
 * Serves models of finished runs over HTTP. The routes are described in docs/serve.md and at /openapi.json.
 *
 * @param models folders, named after themselves, or names with their folders.
 * @throws HourglassError of kind `run` or `data` if a model cannot be loaded; `usage` if an option is not valid or the address
 * is taken.
 *
 * @example
 * ```ts
 * import { serve } from 'hourglass';
 *
 * await using service = await serve({ digits: 'runs/digits' }, { port: 0 });
 * const answer = await fetch(`${service.url}/v1/models`);
 * console.log(answer.status); // 200
 * ```
 */
export async function serve(models: Served, options?: ServeOptions): Promise<Service> {
  // The HTTP modules are loaded only by programs that serve.
  return (await import('./server/index.ts')).serve(models, options);
}
