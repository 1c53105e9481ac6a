/**
 * What TensorBoard reads: event files and the projector's files. Values in, bytes out, to be appended or
 * written by the caller, who holds the files; and event files back. It knows no disk, clock or model.
 */
export { type EventTime, encodeGraph, encodeStart, encodeSummaries, eventFileName } from './events.ts';
export { encodeGraphDef, type GraphNode } from './graph-def.ts';
export { countBuckets } from './histogram.ts';
export {
  type Experiment,
  type Hparam,
  type HparamValue,
  hparamsEnd,
  hparamsExperiment,
  hparamsStart,
  type Metric,
} from './hparams.ts';
export {
  type Embedding,
  embeddingMetadata,
  embeddingTensor,
  type MetadataColumn,
  maxSprites,
  PROJECTOR_CONFIG,
  projectorConfig,
  spriteSheet,
} from './projector.ts';
export { type EventFile, type ReadEvent, type ReadSummary, readEvents, type SummaryData } from './read.ts';
export { histogram, images, type Labels, type SummaryValue, scalar, type Text, text } from './summaries.ts';
