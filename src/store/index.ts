/** Run folders on disk: manifest, metrics, checkpoints. Every file is whole or absent; event logs alone grow. */
export { addFolder, makeFolder, removeFile, removeFolder, replace, writePiece } from './added.ts';
export { packFolder, unpackFolder } from './archive.ts';
export { temporaryName, unwritable } from './atomic.ts';
export { deleteRun, requireDeletable } from './delete.ts';
export { fileDigest } from './digest.ts';
export { type EventLog, openEventLog } from './event-log.ts';
export { createFolder, createRunFolder, RUNS_FOLDER, runName } from './folders.ts';
export { type Journal, openJournal } from './journal.ts';
export { removeLeftovers } from './leftovers.ts';
export { type ListedResults, type ListedRun, listRuns, type RunEntry, type RunWriter } from './list.ts';
export { acquire, type Lock, type LockState, lockRun, lockState, releaseAbandoned } from './lock.ts';
export { readManifest, trueStatus } from './manifest.ts';
export { readMetrics } from './metrics.ts';
export { type Growing, PartFile, replaceable, writeTogether, writeWhole } from './part-file.ts';
export { runFiles } from './run-files.ts';
export { changeTags, checkTag } from './tags.ts';
