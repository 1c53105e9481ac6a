/** Run folders on disk: manifest, metrics, checkpoints. Every file is whole or absent; event logs alone grow. */
export { temporaryName, unwritable } from './atomic.ts';
export {
  type Checkpoint,
  readBestWeights,
  readNewestCheckpoint,
  readTensors,
  writeBestWeights,
  writeCheckpoint,
} from './checkpoints.ts';
export { deleteRun, requireDeletable } from './delete.ts';
export { type EventLog, openEventLog } from './event-log.ts';
export { createRunFolder, RUNS_FOLDER, runName } from './folders.ts';
export { removeLeftovers } from './leftovers.ts';
export { type ListedResults, type ListedRun, listRuns, type RunEntry, type RunWriter } from './list.ts';
export { type Lock, lockRun, releaseAbandoned } from './lock.ts';
export {
  type Manifest,
  newManifest,
  readManifest,
  TENSORBOARD_LEVELS,
  type TensorboardLevel,
  trueStatus,
  writeManifest,
} from './manifest.ts';
export { type MetricsRow, readMetrics, writeMetrics } from './metrics.ts';
export { PartFile, replaceable, writeTogether, writeWhole } from './part-file.ts';
export { decodeWeights, encodeSealed, type StoredTensors } from './seal.ts';
export { changeTags, checkTag } from './tags.ts';
