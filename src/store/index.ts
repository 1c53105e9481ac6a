/** Run folders on disk: manifest, metrics, checkpoints. Every file is whole or absent; event logs alone grow. */
export { writeWhole } from './atomic.ts';
export {
  type Checkpoint,
  encodeTensors,
  readBestWeights,
  readNewestCheckpoint,
  readTensors,
  type StoredTensors,
  writeBestWeights,
  writeCheckpoint,
} from './checkpoints.ts';
export { type EventLog, openEventLog } from './event-log.ts';
export { createRunFolder, type ListedRun, listRuns, RUNS_FOLDER, runName } from './folders.ts';
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
