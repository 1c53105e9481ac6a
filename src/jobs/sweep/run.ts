/**
 * Carries out the plan of a sweep: takes one trial after the other from its search, and has them trained at a workplace. The
 * journal has every trial from its first moment, so that another session continues where this one ended.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { cores } from '../../node/machine.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import { MANIFEST_FILE } from '../../record/index.ts';
import {
  createTrial,
  directionsOf,
  distributionOf,
  frontOf,
  type Point,
  SAMPLERS,
  setParameter,
  setState,
  settingsOf,
  type Trial,
  trialAttributes,
  valuesOf,
} from '../../sweeps/index.ts';
import type { SweepEvent, SweepResult } from './events.ts';
import { lockSweep, readPlan } from './folder.ts';
import { carryOutTrial, type Failure, type Outcome, type Sweep } from './one-trial.ts';
import { openPool, openQueue } from './places.ts';
import { now, StudyFile } from './study-file.ts';
import { MOST_FAILURES } from './workplace.ts';

export interface CarryOut {
  /** Trainings at the same time. Default: the cores divided by the threads of a training; all that the workers of a queue take. */
  parallel?: number | undefined;
  /** The address of the queue whose workers train; '' for that in HOURGLASS_QUEUE. By default processes of this machine do. */
  queue?: string | undefined;
  /** The store that runs come back by, s3://bucket/prefix, with a queue; '' for that in HOURGLASS_STORE. */
  store?: string | undefined;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: SweepEvent) => void) | undefined;
}

/** @throws HourglassError (usage) for a store without a queue. */
export function refuseStoreAlone({ queue, store }: Pick<CarryOut, 'queue' | 'store'>): void {
  if (store === undefined || queue !== undefined) return;
  throw new HourglassError('usage', {
    subject: 'store',
    rule: 'goes with a queue: trials of this machine are in the folder of the sweep',
    hint: 'give a queue, or leave the store out',
  });
}

/** @throws HourglassError of kind `run` if another process carries it out; of a trial's kind if every worker failed. */
export async function carryOutSweep(folder: string, options: CarryOut): Promise<SweepResult> {
  refuseStoreAlone(options);
  const plan = await readPlan(folder);
  const lock = await lockSweep(folder);
  try {
    const file = await StudyFile.open(folder, plan);
    const ended = file.study.trials.filter(({ state }) => state !== 'running').length;
    const emit = (event: SweepEvent) => options.onEvent?.(event);
    const { queue, store, signal } = options;
    const places = queue === undefined ? Math.floor(cores() / plan.threads) : Number.POSITIVE_INFINITY;
    const most = Math.max(1, Math.min(options.parallel ?? Math.max(1, places), plan.trials - ended));
    const warn = (message: string) => emit({ type: 'warning', message });
    const isDone = (trial: number) => (file.study.trials[trial]?.state ?? 'running') !== 'running';
    const place =
      queue === undefined
        ? openPool(most)
        : await openQueue(folder, { queue, store }, most, { isDone, warn });
    let isOver = false;
    try {
      emit({ type: 'start', folder, plan, parallel: most, queue: place.queue, ended });
      const { workplace } = place;
      const result = await new Sweeping({ folder, plan, file, workplace, signal, emit }).run();
      isOver = true;
      return result;
    } finally {
      await place.close(isOver);
    }
  } finally {
    await lock.release();
  }
}

interface Job {
  trial: Trial;
  isResumed: boolean;
}

class Sweeping {
  private readonly sweep: Sweep;
  private readonly sampler;
  /** Trials that an earlier session left, and those that failed here: to be continued. */
  private waiting: Trial[];
  private readonly attempts = new Map<number, number>();
  private isOver = false;
  private lastFailure: Failure = { kind: null, message: '' };

  constructor(sweep: Sweep) {
    this.sweep = sweep;
    const { plan, file } = sweep;
    this.sampler = SAMPLERS[plan.search]({
      ...{ space: plan.space, seed: plan.seed },
      directions: directionsOf(plan),
      isPruned: plan.prune !== 'none',
    });
    this.waiting = file.study.trials.filter(({ state }) => state === 'running');
  }

  async run(): Promise<SweepResult> {
    const { folder, plan, file, workplace, signal } = this.sweep;
    const active = new Set<Promise<void>>();
    const errors: unknown[] = [];
    for (;;) {
      while (errors.length === 0 && active.size < workplace.room) {
        const job = await this.take();
        if (job === null) break;
        const work: Promise<void> = this.train(job)
          .catch((error) => void errors.push(error))
          .finally(() => active.delete(work));
        active.add(work);
      }
      // A trial that ends may have failed, and is then taken again.
      if (active.size === 0) break;
      await Promise.race([...active, workplace.moreRoom()]);
    }
    if (errors.length > 0) throw errors[0];
    const isStopped = signal?.aborted === true && !this.isComplete();
    if (!isStopped && !this.isComplete()) throw this.allFailed();
    return { status: isStopped ? 'stopped' : 'finished', folder, plan, study: file.study };
  }

  private isComplete(): boolean {
    const { plan, file } = this.sweep;
    return (
      (this.isOver || file.study.trials.length >= plan.trials) &&
      file.study.trials.every(({ state }) => state !== 'running')
    );
  }

  /** New trials first, so that one that fails is tried again after others; null if there is none now. */
  private async take(): Promise<Job | null> {
    for (;;) {
      if (this.sweep.signal?.aborted) return null;
      const left = this.waiting.findIndex(({ id }) => !this.attempts.has(id));
      const again = left >= 0 ? this.waiting.splice(left, 1)[0] : undefined;
      if (again !== undefined) return { trial: again, isResumed: true };
      const created = await this.create();
      if (created === 'invalid') continue;
      if (created !== null) return { trial: created, isResumed: false };
      const failed = this.waiting.shift();
      return failed === undefined ? null : { trial: failed, isResumed: true };
    }
  }

  /** The next trial, once it is in the journal; null if there is none. */
  private async create(): Promise<Trial | 'invalid' | null> {
    const { plan, file } = this.sweep;
    let [id, problem] = [-1, ''];
    await file.write((study, nextTrial) => {
      const number = study.trials.length;
      if (this.isOver || number >= plan.trials) return [];
      const point = this.sampler.next(number, study.trials);
      if (point === null) {
        this.isOver = true;
        return [];
      }
      id = nextTrial;
      problem = this.problemOf(point);
      return [
        createTrial(study.id, now()),
        ...plan.space.flatMap(({ path, domain }) =>
          point[path] === undefined ? [] : [setParameter(id, path, point[path], distributionOf(domain))],
        ),
        ...(problem === ''
          ? []
          : [...trialAttributes(id, { error: problem }), setState(id, 'failed', null, now())]),
      ];
    });
    if (id < 0) return null;
    const trial = file.study.trials.find((one) => one.id === id)!;
    if (problem === '') return trial;
    this.ended(trial, 0, problem);
    return 'invalid';
  }

  /** Values that are valid one by one may not fit together. */
  private problemOf(point: Point): string {
    const { plan } = this.sweep;
    try {
      parseRecipe(plan.recipe, settingsOf(plan, point));
      return '';
    } catch (error) {
      if (error instanceof HourglassError) return error.message;
      throw error;
    }
  }

  private async train({ trial, isResumed }: Job): Promise<void> {
    const outcome = await carryOutTrial(this.sweep, trial, isResumed);
    switch (outcome.type) {
      case 'ended':
        return this.ended(trial, outcome.seconds, outcome.reason);
      case 'broken':
        return this.again(trial, outcome);
      case 'left':
        // Taken away is not failed: its worker was stopped, and another continues it.
        if (!this.sweep.signal?.aborted) this.waiting.push(trial);
    }
  }

  /** A trial whose worker failed is run again from its checkpoint, up to three times. */
  private async again(trial: Trial, outcome: Extract<Outcome, { type: 'broken' }>): Promise<void> {
    const { folder, file, signal } = this.sweep;
    const { failure, worker, isSetAside, seconds } = outcome;
    const { message } = failure;
    this.lastFailure = failure;
    if (signal?.aborted) return;
    const attempts = (this.attempts.get(trial.id) ?? 0) + 1;
    this.attempts.set(trial.id, attempts);
    // A worker that fails with every trial says nothing about this one.
    if (attempts >= MOST_FAILURES && !isSetAside) {
      const error = `failed ${attempts} times; the last: ${message}`;
      await file.write(() => [
        ...trialAttributes(trial.id, { error }),
        setState(trial.id, 'failed', null, now()),
      ]);
      this.ended(trial, seconds, error);
    } else {
      const run = join(folder, (trial.user.run as string | undefined) ?? '');
      const from = existsSync(join(run, MANIFEST_FILE)) ? ' from its checkpoint' : '';
      this.warn(`trial ${trial.number} failed and is run again${from}: ${message}`);
      this.waiting.push(trial);
    }
    if (isSetAside)
      this.warn(
        `worker ${worker} is set aside: ${MOST_FAILURES} trials in a row failed on it; the last: ${message}`,
      );
  }

  private ended(trial: Trial, seconds: number, reason: string | null): void {
    const { number, state, values, point } = trial;
    this.sweep.emit({
      type: 'end',
      number,
      state,
      settings: valuesOf(this.sweep.plan.space, point),
      values,
      isBest: this.isBest(trial),
      seconds,
      reason,
    });
  }

  private isBest(trial: Trial): boolean {
    const complete = this.sweep.file.study.trials.filter(({ state }) => state === 'complete');
    return frontOf(complete, directionsOf(this.sweep.plan), ({ values }) => values!).includes(trial);
  }

  private allFailed(): HourglassError {
    const { kind, message } = this.lastFailure;
    return new HourglassError(kind ?? 'environment', {
      subject: this.sweep.folder,
      rule: `every worker failed ${MOST_FAILURES} times in a row; the last: ${message}`,
      hint: 'what is finished is kept: mend the cause and resume the sweep',
    });
  }

  private warn(message: string): void {
    this.sweep.emit({ type: 'warning', message });
  }
}
