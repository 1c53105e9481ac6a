/**
 * A run from its first step to its last picture: begin or resume, train on a thread of its own, finish; and what is done with
 * finished runs: pictures, reports, comparisons, exports. It decides what becomes a file, and in which order.
 */
export type { ComparedFigure, ComparedRun, Comparison, Difference, ProbeAccuracy } from '../views/index.ts';
export { type WrittenComparison, writeComparison } from './comparison-files.ts';
export { type ContinueOptions, continueTraining } from './continue.ts';
export { dataSchema } from './data-schema.ts';
export type { FinishedRun, RunEvent, RunHeader, StoppedRun, TrainResult } from './events.ts';
export { type ExportedModel, type ExportedName, type ExportOptions, exportModel } from './export.ts';
export { extensionUrls, loadExtensions, loadModules } from './extensions.ts';
export { loadFigures } from './figure-modules.ts';
export { recordedHeader } from './header.ts';
export { type OwnImages, ownImages } from './own-images.ts';
export { compareRuns, redrawPictures } from './picture-runs.ts';
export { writeReport } from './report-file.ts';
export { drawProbes } from './save-pictures.ts';
export type { Snapshot, SnapshotImages, SnapshotRow } from './snapshot.ts';
export type { TrainingControl } from './steering.ts';
export { type FollowOptions, resumeTraining, type TrainOptions, train } from './train.ts';
