/**
 * A study as its journal tells it: the operations of Optuna's journal format, and the trials that come of them. Ids are
 * positions: the nth trial that is created in the file has the id n, from 0, whichever study it belongs to.
 */
import { HourglassError } from '../errors.ts';
import type { Point } from './space.ts';

/** The states of a trial, as the format numbers them. */
export const STATES = ['running', 'complete', 'pruned', 'failed', 'waiting'] as const;
export type TrialState = (typeof STATES)[number];

const OP = {
  createStudy: 0,
  deleteStudy: 1,
  studyUser: 2,
  studySystem: 3,
  createTrial: 4,
  parameter: 5,
  state: 6,
  intermediate: 7,
  trialUser: 8,
  trialSystem: 9,
} as const;

/** One line of a journal, without the name of the worker that wrote it. */
export interface Operation {
  readonly op_code: number;
  readonly [field: string]: unknown;
}

export interface Trial {
  /** Its position among all trials of the file. */
  readonly id: number;
  /** Its position in the study. */
  readonly number: number;
  state: TrialState;
  /** The numbers of its settings, by path. */
  point: Point;
  /** The objectives; null until it is complete or pruned. */
  values: readonly number[] | null;
  /** The pruner's figure after each epoch. */
  readonly intermediate: Map<number, number>;
  started: string | null;
  ended: string | null;
  readonly user: Record<string, unknown>;
  readonly system: Record<string, unknown>;
}

export interface Study {
  readonly name: string;
  readonly id: number;
  readonly directions: readonly ('lower' | 'higher')[];
  readonly user: Record<string, unknown>;
  readonly trials: Trial[];
}

const hasEnded = (state: TrialState): boolean => state !== 'running' && state !== 'waiting';

/** Reads a journal, operation by operation. */
export class StudyLog {
  /** The study of the wanted name; null before it is created. */
  study: Study | null = null;
  private readonly wanted: string;
  private studies = 0;
  /** Every trial of the file; null where it belongs to another study. */
  private readonly all: (Trial | null)[] = [];

  constructor(name: string) {
    this.wanted = name;
  }

  /** The id that the next trial will have. */
  get nextTrial(): number {
    return this.all.length;
  }

  apply(operation: Operation): void {
    switch (operation.op_code) {
      case OP.createStudy:
        this.createStudy(operation);
        break;
      case OP.studyUser:
        if (operation.study_id === this.study?.id) Object.assign(this.study!.user, operation.user_attr);
        break;
      case OP.createTrial:
        this.createTrial(operation);
        break;
      case OP.deleteStudy:
      case OP.studySystem:
        break;
      default: {
        const trial = this.all[operation.trial_id as number];
        if (trial != null) this.change(trial, operation);
      }
    }
  }

  private createStudy({ study_name: name, directions }: Operation): void {
    const id = this.studies++;
    if (name !== this.wanted || this.study !== null) return;
    this.study = {
      name: this.wanted,
      id,
      directions: (directions as number[]).map((one) => (one === 2 ? 'higher' : 'lower')),
      user: {},
      trials: [],
    };
  }

  private createTrial(operation: Operation): void {
    const id = this.all.length;
    if (this.study === null || operation.study_id !== this.study.id) {
      this.all.push(null);
      return;
    }
    const trial: Trial = {
      id,
      number: this.study.trials.length,
      state: STATES[(operation.state as number | undefined) ?? 0] ?? 'running',
      point: {},
      values: null,
      intermediate: new Map(),
      started: (operation.datetime_start as string | undefined) ?? null,
      ended: null,
      user: {},
      system: {},
    };
    this.study.trials.push(trial);
    this.all.push(trial);
  }

  private change(trial: Trial, operation: Operation): void {
    if (operation.op_code === OP.trialUser) {
      Object.assign(trial.user, operation.user_attr);
      return;
    }
    // As Optuna: what has ended is not changed.
    if (hasEnded(trial.state)) return;
    switch (operation.op_code) {
      case OP.parameter:
        trial.point = {
          ...trial.point,
          [operation.param_name as string]: operation.param_value_internal as number,
        };
        break;
      case OP.state: {
        trial.state = STATES[operation.state as number] ?? trial.state;
        trial.values = (operation.values as number[] | null | undefined) ?? trial.values;
        if (trial.state === 'running')
          trial.started = (operation.datetime_start as string | undefined) ?? trial.started;
        else trial.ended = (operation.datetime_complete as string | undefined) ?? null;
        break;
      }
      case OP.intermediate:
        trial.intermediate.set(operation.step as number, operation.intermediate_value as number);
        break;
      case OP.trialSystem:
        Object.assign(trial.system, operation.system_attr);
        break;
    }
  }
}

/** An operation in a journal's line. @throws HourglassError of kind `run` that names the place. */
export function operationOf(line: string, place: string): Operation {
  try {
    const value = JSON.parse(line) as Operation;
    if (typeof value === 'object' && value !== null && Number.isInteger(value.op_code)) return value;
  } catch {
    // Refused below.
  }
  throw new HourglassError('run', { subject: place, rule: 'is damaged: not an operation of a journal' });
}

/** The line of an operation. `worker` says which process wrote it. */
export const lineOf = ({ op_code, ...fields }: Operation, worker: string): string =>
  `${JSON.stringify({ op_code, worker_id: worker, ...fields })}\n`;

export const createStudy = (name: string, directions: Study['directions']): Operation => ({
  op_code: OP.createStudy,
  study_name: name,
  directions: directions.map((one) => (one === 'higher' ? 2 : 1)),
});

export const studyAttributes = (study: number, attributes: Readonly<Record<string, unknown>>): Operation[] =>
  Object.entries(attributes).map(([key, value]) => ({
    op_code: OP.studyUser,
    study_id: study,
    user_attr: { [key]: value },
  }));

export const createTrial = (study: number, now: string): Operation => ({
  op_code: OP.createTrial,
  study_id: study,
  datetime_start: now,
});

export const setParameter = (
  trial: number,
  path: string,
  internal: number,
  distribution: object,
): Operation => ({
  op_code: OP.parameter,
  trial_id: trial,
  param_name: path,
  param_value_internal: internal,
  distribution: JSON.stringify(distribution),
});

export const setState = (
  trial: number,
  state: TrialState,
  values: readonly number[] | null,
  now: string,
): Operation => ({
  op_code: OP.state,
  trial_id: trial,
  state: STATES.indexOf(state),
  values,
  ...(hasEnded(state) ? { datetime_complete: now } : {}),
});

export const setIntermediate = (trial: number, step: number, value: number): Operation => ({
  op_code: OP.intermediate,
  trial_id: trial,
  step,
  intermediate_value: value,
});

export const trialAttributes = (trial: number, attributes: Readonly<Record<string, unknown>>): Operation[] =>
  Object.entries(attributes).map(([key, value]) => ({
    op_code: OP.trialUser,
    trial_id: trial,
    user_attr: { [key]: value },
  }));

export const systemAttribute = (trial: number, key: string, value: unknown): Operation => ({
  op_code: OP.trialSystem,
  trial_id: trial,
  system_attr: { [key]: value },
});
