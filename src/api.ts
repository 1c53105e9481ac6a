/** Everything that the command line, the service and the library take from the rooms below: the faces import only this. */

export { figuresOf, type ShownFigure, type Side, shownFigure } from './diagnosis/figures.ts';
export {
  type CodeStatistics,
  type Diagnosis,
  type Finding,
  findingText,
  uselessness,
} from './diagnosis/index.ts';
export {
  type Binarisation,
  type CodeProbe,
  type EvaluateOptions,
  type Evaluation,
  evaluateLikelihood,
  evaluateRun,
  type LikelihoodEvaluation,
  type LikelihoodOptions,
  type OnProgress,
  openForUse,
  probeRun,
  type ScoreName,
} from './evaluation/index.ts';
export {
  evaluateOneClass,
  type OneClassEvaluation,
  type OneClassOptions,
  type OneClassRow,
  type OneClassTable,
  type Setup,
} from './jobs/index.ts';
export {
  boundName,
  type Figure,
  type FigureWords,
  JACOBIAN,
  LIKELIHOOD_FIGURES,
  PROBE_FIGURES,
  type ProbeFigure,
  SCORE_KIND_DEFINITIONS,
  SCORE_KINDS,
  type ScoreKind,
} from './metrics/index.ts';
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
  type ImageValues,
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
  requireDenoiser,
  type SampleOptions,
  type SampleSource,
  type Samples,
  type Statistics,
  sample,
  scaled,
  thresholdNote,
} from './model/index.ts';
export { loadModel } from './node/load-model.ts';
export { loadRecipe, recipeNames } from './node/recipes.ts';
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
  type Sink,
  saveManifold,
  type Written,
} from './outputs/index.ts';
export { type Recipe, recipeJsonSchema } from './recipe/index.ts';
export {
  compareRuns,
  type ExportedModel,
  type ExportedName,
  type ExportOptions,
  exportModel,
  type FinishedRun,
  type OwnImages,
  ownImages,
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
export { nearest } from './suggest.ts';
export { hasSampledCode, partName } from './views/part-names.ts';
