/**
 * Samples: what a model learns from. A spec says what one sample is, a source gives many of them, and splits are
 * subsets of a source. Knows no files, no codecs and no models: sources over files are in `data`.
 */
export { BatchReader } from './batch-reader.ts';
export { type Blocks, blockOf } from './blocks.ts';
export { fingerprintOf } from './fingerprint.ts';
export { learnScaling, respecified } from './learn-scaling.ts';
export { type Masks, memoryMasks } from './masks.ts';
export { type MemorySource, memorySource } from './memory.ts';
export { passes, passLabels, readScaled, rowsWithin } from './passes.ts';
export { SCALED_BYTES, scaleBytes, scaleInto, unscaleInto } from './scaling.ts';
export type { LabelledSource, Source } from './source.ts';
export {
  bytesPerValue,
  type ColumnScaling,
  deepImageSpec,
  imageSpec,
  rowSpec,
  type SampleSpec,
  type Scaling,
  type Storage,
  type StoredValues,
  storedArray,
  storedView,
  unscaled,
  valuesOf,
} from './spec.ts';
export { meanSample, spread } from './statistics.ts';
export { subset } from './subset.ts';
export { fixedTiles, trainingTiles, windowsInEpoch } from './tile-sources.ts';
export { Blend, cut, gridOf, requireWithin, type Tiles } from './tiles.ts';
export { inWordsFor, type SampleKind } from './words.ts';
