/** Sweeps for programs: one call plans a sweep, carries it out, and gives its trials and their figures as plain data. */
import { join } from 'node:path';
import type { PrunerName, SearchName } from '../../choices.ts';
import { HourglassError } from '../../errors.ts';
import {
  bestTrials,
  bySettings,
  type Plan,
  parseSpace,
  type Study,
  spaceSchema,
  spread,
  type Trial,
  type Value,
  valuesOf,
  type WrittenSpace,
} from '../../sweeps/index.ts';
import type { SweepEvent } from './events.ts';
import { readSweep } from './list.ts';
import { writeStudyPage } from './page.ts';
import { carryOutSweep, refuseStoreAlone } from './run.ts';
import { beginSweep, findSweep, threadsOfEach } from './start.ts';
import type { Figures } from './trial-messages.ts';

/** How the trials of a sweep are trained. */
export interface SweepControl {
  /** Trainings at the same time. Default: the cores divided by the threads of a training; all that the workers of a queue take. */
  parallel?: number | undefined;
  /** The address of a queue whose workers train, `redis://`, `rediss://` or `postgres://`; '' for that in HOURGLASS_QUEUE. */
  queue?: string | undefined;
  /** With a queue: the S3-compatible store that runs come back by, `s3://bucket/prefix`; '' for that in HOURGLASS_STORE. */
  store?: string | undefined;
  /** Stops after the current steps; {@link resumeSweep} continues. */
  signal?: AbortSignal | undefined;
  /** Called when a trial has ended. */
  onTrial?: ((trial: EndedTrial) => void) | undefined;
}

/** A trial that has just ended. */
export interface EndedTrial {
  /** Its position in the sweep, from 0. */
  readonly number: number;
  /** How it ended; `pruned` is early, as it was worse than others. */
  readonly state: 'complete' | 'pruned' | 'failed';
  /** The values of the settings that vary, by path. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The objectives on the validation split; null for a failed one. */
  readonly values: readonly number[] | null;
  /** Whether it is the best so far; with several objectives, whether it is on the front. */
  readonly isBest: boolean;
  /** Why it failed; null if it did not. */
  readonly reason: string | null;
}

/** The values of one setting. */
export type SweepDomain =
  /** Text as of the command's `--set`: `'8,16,32'`, `'0.1..0.5'`, `'log:1e-4..1e-2'`, `'int:2..64'`. */
  | string
  /** Choices. */
  | readonly unknown[]
  | SweepChoices
  | SweepRange
  | SweepIntegers;

/** Choices, under a condition. */
export interface SweepChoices {
  /** The values. */
  choices: readonly unknown[];
  /** The setting varies only where others have one of these values, by path. */
  when?: Readonly<Record<string, unknown>>;
}

/** Numbers of a range. */
export interface SweepRange {
  /** The least and the greatest. */
  range: readonly [number, number];
  /** Whether they are drawn by magnitude. Default false. */
  log?: boolean;
  /** The setting varies only where others have one of these values, by path. */
  when?: Readonly<Record<string, unknown>>;
}

/** Whole numbers of a range. */
export interface SweepIntegers {
  /** The least and the greatest. */
  integers: readonly [number, number];
  /** Whether they are drawn by magnitude. Default false. */
  log?: boolean;
  /** From one to the next. Default 1. */
  step?: number;
  /** The setting varies only where others have one of these values, by path. */
  when?: Readonly<Record<string, unknown>>;
}

/** What a sweep trains: a space of settings, seeds, or both. */
export interface SweepRequest extends SweepControl {
  /** Values of every trial, by path: `{ 'training.batchSize': 32 }`. */
  set?: Readonly<Record<string, unknown>> | undefined;
  /** Settings that vary, by path. */
  space?: Readonly<Record<string, SweepDomain>> | undefined;
  /** Seeds that each combination is trained with, from `seed`. */
  seeds?: number | undefined;
  /** The seed of the trainings, or the first one. Default: the recipe's. */
  seed?: number | undefined;
  /** How settings are chosen. Default: `grid` for choices without `trials`, otherwise `tpe`. */
  search?: SearchName | undefined;
  /** What ends trials early. Default `none`. */
  prune?: PrunerName | undefined;
  /** Figures of the validation split to find the best of, such as `loss`, `mse` or `ssim`; with several, the front. Default `loss`. */
  objectives?: readonly string[] | undefined;
  /** Trainings in all. Default: all of a grid, otherwise 20. */
  trials?: number | undefined;
  /** The seed of the search: same seed, same settings. Default 1. */
  searchSeed?: number | undefined;
  /** The data set by its name, or a path. Default: the recipe's. */
  data?: string | undefined;
  /** A folder with the set's IDX files. */
  dataDir?: string | undefined;
  /** Never uses the network. */
  offline?: boolean | undefined;
  /** Epochs of each training. Default: the recipe's. */
  epochs?: number | undefined;
  /** Threads of each training. Default: the cores, divided among them; 1 with a queue. */
  threads?: number | undefined;
  /** The sweep's folder. Default `sweeps/<name>`. */
  out?: string | undefined;
}

/** One training of a sweep. */
export interface SweepTrial {
  /** Its position in the sweep, from 0. */
  readonly number: number;
  /** Where it stands; `pruned` is ended early, as it was worse than others. */
  readonly state: 'running' | 'complete' | 'pruned' | 'failed' | 'waiting';
  /** The values of the settings that vary, the seed among them if it varies. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The objectives on the validation split, by name; null until it has ended. */
  readonly objectives: Readonly<Record<string, number>> | null;
  /** Figures on the test split, by key, in a sweep over seeds; null otherwise. Nothing is chosen by them. */
  readonly test: Readonly<Record<string, number>> | null;
  /** The folder of its run; null if it has none. */
  readonly run: string | null;
}

/** A sweep as its journal tells it. */
export interface SweepSummary {
  /** The sweep's folder. */
  readonly folder: string;
  /** The recipe with every default. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** The values of every trial, by path. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Whether every trial has ended. */
  readonly status: 'running' | 'finished' | 'stopped';
  /** All trials, as they began. */
  readonly trials: readonly SweepTrial[];
  /** The best trial by the objective on the validation split; with several objectives the front. */
  readonly best: readonly SweepTrial[];
  /** In a sweep over seeds: for each combination of settings, figures on the test split over its seeds. */
  readonly figures: readonly SweepFigures[];
}

/** Figures of one combination of settings over its seeds. */
export interface SweepFigures {
  /** The values of the settings that vary, without the seed. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** By key. */
  readonly test: Readonly<Record<string, OverSeeds>>;
}

/** One figure over the seeds of a sweep. */
export interface OverSeeds {
  /** The number of seeds. */
  readonly count: number;
  /** The mean over them. */
  readonly mean: number;
  /** The sample standard deviation, with n − 1; null for one seed. */
  readonly deviation: number | null;
}

/**
 * Trains a recipe with many settings or seeds, in processes of this machine or by the workers of a queue. The folder is a
 * sweep like one of `hourglass sweep`, with its journal, runs and `study.html`.
 *
 * @param source a recipe's name, a recipe file, or a file with a space.
 * @throws HourglassError of kind `usage` for values that the recipe does not take, before anything starts; of a trial's kind
 * if every trial failed.
 *
 * @example
 * ```ts
 * import { sweep } from 'hourglass';
 *
 * const { best } = await sweep('quick', {
 *   data: 'mnist-10k',
 *   epochs: 1,
 *   space: { 'model.code.units': [2, 32] },
 * });
 * console.log(best[0]!.settings['model.code.units'], best[0]!.run); // 32 …
 * ```
 */
export async function sweep(source: string, request: SweepRequest): Promise<SweepSummary> {
  refuseStoreAlone(request);
  const { set, space: written, parallel, queue, store, signal, onTrial, ...options } = request;
  const { space, fixed } = parseSpace(checkedSpace(written));
  const threads = options.threads ?? threadsOfEach({ parallel, queue });
  const values = { ...(set as Record<string, Value>), ...fixed };
  const { folder } = await beginSweep(source, { ...options, threads, space, fixed: values });
  return carryOn(folder, { parallel, queue, store, signal, onTrial });
}

/**
 * Continues a sweep that was stopped or killed; a finished one is told again.
 *
 * @param folder the sweep's folder, or its name in `sweeps/`.
 * @throws HourglassError of kind `run` if there is no such sweep, or another process carries it out.
 *
 * @example
 * ```ts
 * import { resumeSweep, sweep } from 'hourglass';
 *
 * const stopped = await sweep('quick', { epochs: 1, seeds: 1, signal: AbortSignal.timeout(1) });
 * const { status } = await resumeSweep(stopped.folder);
 * console.log(status); // finished
 * ```
 */
export const resumeSweep = (folder: string, control: SweepControl = {}): Promise<SweepSummary> =>
  carryOn(findSweep(folder), control);

/**
 * A sweep as its folder tells it now, running or not.
 *
 * @param folder the sweep's folder, or its name in `sweeps/`.
 * @throws HourglassError of kind `run` if there is no such sweep or its files are damaged.
 *
 * @example
 * ```ts
 * import { readSweep, sweep } from 'hourglass';
 *
 * const { folder } = await sweep('quick', { epochs: 1, seeds: 1 });
 * const { status, best } = await readSweep(folder);
 * console.log(status, best[0]!.objectives); // finished { loss: … }
 * ```
 */
export async function readSweepSummary(folder: string): Promise<SweepSummary> {
  const found = findSweep(folder);
  const { plan, study, status } = await readSweep(found);
  return summaryOf(found, status, plan, study);
}

/** @throws HourglassError of kind `usage` for a space that is not one. */
function checkedSpace(given: SweepRequest['space'] = {}): WrittenSpace {
  const parsed = spaceSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new HourglassError('usage', { subject: `space: ${path.join('.') || 'it'}`, rule: message });
}

async function carryOn(folder: string, { onTrial, ...control }: SweepControl): Promise<SweepSummary> {
  const result = await carryOutSweep(folder, {
    ...control,
    onEvent(event) {
      if (event.type === 'end') onTrial?.(endedOf(event));
    },
  });
  await writeStudyPage(folder, { draw: result.status === 'finished', sweep: result });
  return summaryOf(folder, result.status, result.plan, result.study);
}

function endedOf({ type: _, seconds: __, ...trial }: Extract<SweepEvent, { type: 'end' }>): EndedTrial {
  return { ...trial, state: trial.state as EndedTrial['state'] };
}

function summaryOf(folder: string, status: SweepSummary['status'], plan: Plan, study: Study): SweepSummary {
  const trialOf = ({ number, state, point, values, user }: Trial): SweepTrial => ({
    ...{ number, state, settings: valuesOf(plan.space, point) },
    objectives:
      values === null ? null : Object.fromEntries(plan.objectives.map((name, i) => [name, values[i]!])),
    test: (user.test as Figures | undefined) ?? null,
    run: user.run === undefined ? null : join(folder, user.run as string),
  });
  const complete = study.trials.filter(({ state }) => state === 'complete');
  return {
    ...{ folder, recipe: plan.recipe, set: plan.fixed, status, trials: study.trials.map(trialOf) },
    best: bestTrials(plan, study).map(trialOf),
    figures: (plan.seeds === 1 ? [] : bySettings(complete)).map(({ point, trials }) => ({
      settings: valuesOf(plan.space, point),
      test: overSeeds(trials.map(({ user }) => (user.test as Figures | undefined) ?? {})),
    })),
  };
}

function overSeeds(figures: readonly Figures[]): Record<string, OverSeeds> {
  const keys = new Set(figures.flatMap((one) => Object.keys(one)));
  return Object.fromEntries([...keys].map((key) => [key, spread(figures.flatMap((one) => one[key] ?? []))]));
}
