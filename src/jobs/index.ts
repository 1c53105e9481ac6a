/** Plans of many trainings: sweeps, and one model for each class with the tables of their figures. */
export { carryOutShards, type ShardsEvent, type ShardsResult } from './batch/shards.ts';
export { evaluateOneClass, type OneClassOptions, type OneClassProgress } from './one-class.ts';
export type { LeftOutModel, Setup } from './one-class-plan.ts';
export type { OneClassEvaluation, OneClassRow, OneClassTable } from './one-class-tables.ts';
export type { SweepEvent, SweepResult } from './sweep/events.ts';
export { isSweep, SWEEPS_FOLDER } from './sweep/folder.ts';
export { followSweep, type ListedSweep, listSweeps, type ReadSweep, readSweep } from './sweep/list.ts';
export type { SweepOptions } from './sweep/options.ts';
export { writeStudyPage } from './sweep/page.ts';
export { carryOutSweep } from './sweep/run.ts';
export { spreadRows } from './sweep/spread.ts';
export { beginSweep, findSweep, stopSweep, threadsOfEach } from './sweep/start.ts';
export {
  type EndedTrial,
  type OverSeeds,
  readSweepSummary,
  resumeSweep,
  type SweepChoices,
  type SweepControl,
  type SweepDomain,
  type SweepFigures,
  type SweepIntegers,
  type SweepRange,
  type SweepRequest,
  type SweepSummary,
  type SweepTrial,
  sweep,
} from './sweep/sweep.ts';
export { openSweepBoard } from './sweep/tensorboard.ts';
export type { WorkerEvent, WorkerResult } from './worker/events.ts';
export { work } from './worker/work.ts';
