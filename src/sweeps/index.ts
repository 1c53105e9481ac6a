/**
 * Sweeps: the space of settings, what chooses from it and what ends a trial early, the plan of a sweep and the study that its
 * journal tells. It knows no files, no processes and no terminal.
 */
export { distributionOf } from './distribution.ts';
export { type Importance, importances } from './importance.ts';
export { betterFirst, frontOf, type Objective, objectiveOf } from './objectives.ts';
export { type ParsedValues, parseSpace, parseValues, spaceSchema, type WrittenSpace } from './parse.ts';
export { directionsOf, type Plan, type PlanRequest, planOf, planSchema, settingsOf } from './plan.ts';
export { PRUNER_TABLE } from './pruners.ts';
export { bestTrials, rankedTrials } from './ranking.ts';
export { SAMPLERS } from './samplers/index.ts';
export { bySettings, type Spread, spread } from './seeds.ts';
export { type Point, type Setting, type Space, type Value, valueAt, valuesOf } from './space.ts';
export {
  createStudy,
  createTrial,
  lineOf,
  type Operation,
  operationOf,
  type Study,
  StudyLog,
  setIntermediate,
  setParameter,
  setState,
  studyAttributes,
  systemAttribute,
  type Trial,
  type TrialState,
  trialAttributes,
} from './study.ts';
export { settingsText, shortNames, valueText } from './text.ts';
