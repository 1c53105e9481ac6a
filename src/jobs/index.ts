/** Plans of many trainings: one model for each class, and the tables of their figures. */
export {
  evaluateOneClass,
  type OneClassEvaluation,
  type OneClassOptions,
  type OneClassRow,
  type OneClassTable,
  type Setup,
} from './one-class.ts';
