/**
 * A trained model: its files, verified before anything runs, its statistics, and its uses over arrays. It knows nothing of
 * runs, of data sets or of how a model came to be trained.
 */

export type { PriorTraits } from '../models/index.ts';
export {
  type Anomalies,
  type AnomalyOptions,
  addNoise,
  addPlainNoise,
  anomaly,
  anomalyThreshold,
  type CodeMetric,
  DEFAULT_QUANTILE,
  decodeIntegers,
  defaultScoreOf,
  denoise,
  encodeIntegers,
  falseAlarmsAbove,
  falseAlarmsText,
  heldOutScores,
  type Interpolation,
  type InterpolationMethod,
  interpolate,
  type Manifold,
  type ManifoldOptions,
  type ManifoldSteps,
  manifold,
  type NamedImages,
  type NeighbourOptions,
  type Neighbours,
  type NoiseOptions,
  neighbours,
  type ReferencePiece,
  requireDenoiser,
  SAMPLE_SOURCES,
  type SampleOptions,
  type SampleSource,
  type Samples,
  SCORE_DEFINITION,
  type Statistics,
  sample,
  sampleSources,
  thresholdNote,
  thresholdQuantile,
} from './apply/index.ts';
export {
  type ConditionInfo,
  classesInTurn,
  knownClasses,
  labelsFor,
  type Told,
  type ToldClass,
} from './classes.ts';
export { told, toldOwn } from './condition.ts';
export type { ImageValues } from './given-arrays.ts';
export { type Model, type ModelInfo, scaled } from './model.ts';
export { reconstructedAsNearest } from './nearest-class.ts';
export {
  apart,
  drawnFrom,
  noPosterior,
  type Posterior,
  type PosteriorDraws,
  sideBySide,
} from './posterior.ts';
export { codesOfIntegers, type IntegerArray, integersOfCodes, type Quantised } from './quantised.ts';
export type { RowInfo, RowValues } from './rows.ts';
export type { Autoregressive } from './samplers/autoregressive.ts';
export type { StoredCoupling, StoredFlow } from './samplers/flow-file.ts';
export type { StoredLayer } from './samplers/layer-file.ts';
export type { StoredMixture } from './samplers/mixture-file.ts';
export type { SamplerName } from './samplers/names.ts';
export type { Samplers } from './samplers/samplers.ts';
export type { StoredSecondStage } from './samplers/second-stage-file.ts';
export type {
  CodeMoments,
  HeldOutScores,
  OtherScores,
  ScoreDistribution,
  TrainingResiduals,
} from './statistics.ts';
