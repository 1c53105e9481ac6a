/**
 * hourglass in a page: trains models in a worker, and uses trained ones.
 *
 * ```ts
 * import { loadModel, train } from 'hourglass/web';
 *
 * const run = await train('vae', { data: 'mnist-10k', epochs: 1 });
 * const model = await loadModel(run.model);
 * const { data } = await model.reconstruct(new Uint8Array(28 * 28));
 * ```
 *
 * @module hourglass/web
 */

export type { GivenData, GivenLabels, GivenSplit, GivenValues, NestedNumbers } from '../data/given.ts';
export type { ColumnSchema, TableSchema } from '../data/tables/schema.ts';
export { EXIT_CODES, HourglassError } from '../errors.ts';
export type { Snapshot, SnapshotImages, SnapshotRow } from '../session/snapshot.ts';
export type { TrainingControl } from '../session/steering.ts';
export type { TableEncoding } from '../tables/index.ts';
export { useOnnxRuntime } from './page/computing-worker.ts';
export type {
  ArrayData,
  IdxData,
  PictureData,
  SplitOfArrays,
  SplitOfIdx,
  TableData,
  TrainingData,
} from './page/given-data.ts';
export {
  type Dropped,
  type DroppedItem,
  droppedFiles,
  type FileData,
  type NamedFile,
} from './page/given-files.ts';
export { loadData } from './page/load-data.ts';
export { loadModel } from './page/load-model.ts';
export { loadRecipe } from './page/load-recipe.ts';
export { loadRows, type RowOptions, tableSchema } from './page/load-rows.ts';
export {
  type FollowOptions,
  type PageTrainResult,
  resumeTraining,
  type TrainOptions,
  train,
} from './page/train.ts';
export type * from './page/types.ts';
export {
  addNoise,
  anomaly,
  decodeIntegers,
  denoise,
  encodeIntegers,
  interpolate,
  manifold,
  sample,
} from './page/uses.ts';
export { unzipFiles, zipFiles } from './page/zip.ts';
export {
  deleteTraining,
  type KeptFiles,
  type KeptTraining,
  listTrainings,
  readTraining,
} from './storage/kept.ts';
export type { DataSplits, PostedImages } from './work/data.ts';
export type { RowSplits, RowsOfSplit } from './work/table.ts';
