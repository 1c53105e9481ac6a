/**
 * The uses of a trained model: cleaning images, finding anomalies, drawing new images, walking and searching in code
 * space. Functions over a `Model` and arrays, and the statistics that travel with a model; no pictures, no terminal, and
 * no file except `statistics.json`.
 *
 * Images are given as bytes (0 to 255) or floats in [0, 1], [n, channels, height, width] one after the other; codes as
 * floats, [n, units].
 */

export { defaultScoreOf, heldOutScores, type Statistics } from '../statistics.ts';
export {
  type Anomalies,
  type AnomalyOptions,
  anomaly,
  SCORE_DEFINITION,
} from './anomaly.ts';
export { addNoise, denoise, type NoiseOptions, requireDenoiser } from './denoise.ts';
export { decodeIntegers, encodeIntegers } from './integers.ts';
export { type Interpolation, type InterpolationMethod, interpolate } from './interpolate.ts';
export { type Manifold, type ManifoldOptions, type ManifoldSteps, manifold } from './manifold.ts';
export {
  type CodeMetric,
  type NamedImages,
  type NeighbourOptions,
  type Neighbours,
  neighbours,
  type ReferencePiece,
} from './neighbours.ts';
export { addPlainNoise } from './plain-noise.ts';
export {
  SAMPLE_SOURCES,
  type SampleOptions,
  type SampleSource,
  type Samples,
  sample,
  sampleSources,
} from './sample.ts';
export {
  anomalyThreshold,
  DEFAULT_QUANTILE,
  falseAlarmsAbove,
  falseAlarmsText,
  thresholdNote,
  thresholdQuantile,
} from './threshold.ts';
