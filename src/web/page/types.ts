/** The types of what a model is and gives, which both entries for pages export. */
export type { Fit, WholePreprocessing } from '../../data/images/preprocessing.ts';
export type { Diagnosis, Finding } from '../../diagnosis/index.ts';
export type { FloatArray } from '../../engine/index.ts';
export type { ErrorKind, ErrorParts } from '../../errors.ts';
export type { ScoreKind } from '../../metrics/index.ts';
export type {
  Anomalies,
  AnomalyOptions,
  Autoregressive,
  CodeMoments,
  ConditionInfo,
  HeldOutScores,
  ImageValues,
  IntegerArray,
  Interpolation,
  InterpolationMethod,
  Manifold,
  ManifoldOptions,
  ManifoldSteps,
  Model,
  ModelInfo,
  OtherScores,
  Posterior,
  PosteriorDraws,
  PriorTraits,
  Quantised,
  RowInfo,
  RowValues,
  SampleOptions,
  SampleSource,
  Samples,
  ScoreDistribution,
  Statistics,
  Told,
  ToldClass,
  TrainingResiduals,
} from '../../model/index.ts';
export type { CorruptionConfig, ImageShape } from '../../models/index.ts';
export type { Drawable, Picture, Pixels } from '../pixels.ts';
export type { PageImages } from './images.ts';
export type { ModelSource, PageModel } from './model.ts';
