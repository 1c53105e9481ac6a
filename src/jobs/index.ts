/** Plans of many trainings: one model for each class, and the tables of their figures. */
export { evaluateOneClass, type OneClassOptions, type OneClassProgress } from './one-class.ts';
export type { LeftOutModel, Setup } from './one-class-plan.ts';
export type { OneClassEvaluation, OneClassRow, OneClassTable } from './one-class-tables.ts';
