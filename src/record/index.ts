/**
 * The record of a run: its manifest, metrics and checkpoints, as values and texts, with their schemas and checks. Where they
 * are kept is a port, `RunFiles`: a folder on disk is one, in `store`.
 */
export { CHECKPOINTS, type Checkpoint, type Checkpoints, checkpointsOf } from './checkpoints.ts';
export { HELD, type Hold, LARGEST_TENSOR_FILE, memoryFiles, type RunFiles } from './files.ts';
export {
  MANIFEST_FILE,
  type Manifest,
  newManifest,
  parseManifest,
  readManifest,
  TENSORBOARD_LEVELS,
  type TensorboardLevel,
  writeManifest,
} from './manifest.ts';
/** The figures of a finished run. */
export const RESULTS_FILE = 'results.json';
export { type MetricsRow, readMetrics, writeMetrics } from './metrics.ts';
