/** Joins the layers into what a user does: train, resume, evaluate, use a model. Command line and service import only this. */

export { SCORE_KIND_DEFINITIONS, SCORE_KINDS, type ScoreKind } from '../metrics/index.ts';
export { nearest } from '../suggest.ts';
export type { ScoreName } from './anomaly-scores.ts';
export {
  type Anomalies,
  type AnomalyOptions,
  addNoise,
  anomaly,
  anomalyThreshold,
  type CodeMetric,
  DEFAULT_QUANTILE,
  denoise,
  heldOutScores,
  type Interpolation,
  type InterpolationMethod,
  interpolate,
  type Manifold,
  type ManifoldOptions,
  type ManifoldSteps,
  manifold,
  measureStatistics,
  type Neighbours,
  neighbours,
  openForUse,
  requireDenoiser,
  type SampleOptions,
  type SampleSource,
  type Samples,
  SCORE_DEFINITION,
  type Statistics,
  sample,
  thresholdNote,
} from './apply/index.ts';
export { type WrittenComparison, writeComparison } from './comparison/write.ts';
export {
  type CodeStatistics,
  type Diagnosis,
  type Finding,
  findingText,
  uselessness,
} from './diagnosis/index.ts';
export { type EvaluateOptions, type Evaluation, evaluateRun } from './evaluate.ts';
export type { FinishedRun, RunEvent, RunHeader } from './events.ts';
export { type ExportedModel, type ExportedName, type ExportOptions, exportModel } from './export.ts';
export { shownFigure } from './figures.ts';
export type { ImageValues } from './given-arrays.ts';
export {
  type Binarisation,
  evaluateLikelihood,
  type LikelihoodEvaluation,
  type LikelihoodOptions,
} from './likelihood.ts';
export {
  loadModel,
  type Model,
  type ModelInfo,
  scaled,
} from './model.ts';
export {
  evaluateOneClass,
  type OneClassEvaluation,
  type OneClassOptions,
  type OneClassRow,
  type OneClassTable,
  type Setup,
} from './one-class.ts';
export {
  AnomalyOutput,
  type Batch,
  type Destination,
  destinationOf,
  type Format,
  neighbourPicture,
  openRows,
  openSink,
  type Row,
  replaceable,
  type Sink,
  saveBytes,
  saveManifold,
  type Written,
} from './outputs/index.ts';
export { type OwnImages, ownImages } from './own-images.ts';
export { partName } from './part-names.ts';
export { compareRuns, redrawPictures } from './picture-runs.ts';
export { type CodeProbe, drawProbes, probePixels, probeRun } from './probe.ts';
export type { OnProgress } from './progress.ts';
export { loadRecipe, type Recipe, recipeJsonSchema, recipeNames } from './recipe.ts';
export { writeReport } from './report/write.ts';
export { resumeTraining, type TrainOptions, type TrainResult, train } from './train.ts';
