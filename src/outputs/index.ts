/**
 * Writes a model's output, a batch at a time, into a file of the chosen format: NPY, Parquet, CSV, JSON lines, PNG. Memory stays
 * flat; a file is complete or absent; nothing is replaced without a request.
 */
export { AnomalyOutput, type AnomalySettings } from './anomalies.ts';
export { type Destination, destinationOf, type Format } from './destination.ts';
export { saveManifold } from './manifold.ts';
export { type NeighbourRow, neighbourPicture } from './neighbours.ts';
export { openSink } from './open.ts';
export { RowAnomalyOutput } from './row-anomalies.ts';
export { openRows, type Row, type RowWriter } from './rows.ts';
export type { Batch, Saved, Sink, SinkOptions, Values, Written } from './sink.ts';
export { type FileState, type Progress, Unfinished } from './unfinished.ts';
