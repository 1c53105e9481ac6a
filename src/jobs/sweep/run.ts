/**
 * Carries out the plan of a sweep on this machine: a number of workers, each training one trial after the other in a process
 * of its own. The journal has every trial from its first moment, so that another session continues where this one ended.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import { MANIFEST_FILE } from '../../record/index.ts';
import { extensionUrls } from '../../session/index.ts';
import {
  createTrial,
  directionsOf,
  distributionOf,
  frontOf,
  type Plan,
  type Point,
  PRUNER_TABLE,
  SAMPLERS,
  setIntermediate,
  setParameter,
  setState,
  settingsOf,
  systemAttribute,
  type Trial,
  trialAttributes,
  valuesOf,
} from '../../sweeps/index.ts';
import type { SweepEvent, SweepResult } from './events.ts';
import { lockSweep, readPlan, trialPath } from './folder.ts';
import { StudyFile } from './study-file.ts';
import { type RunningTrial, startTrial, type TrialEnd } from './trial.ts';

/** A worker, or a trial, that fails so often in a row is set aside. */
const MOST_FAILURES = 3;

export interface CarryOut {
  /** Trainings at the same time. */
  parallel: number;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: SweepEvent) => void) | undefined;
}

/** @throws HourglassError of kind `run` if another process carries it out; of a trial's kind if every worker failed. */
export async function carryOutSweep(folder: string, options: CarryOut): Promise<SweepResult> {
  const plan = await readPlan(folder);
  const lock = await lockSweep(folder);
  try {
    return await new Sweeping(folder, plan, await StudyFile.open(folder, plan), options).run();
  } finally {
    await lock.release();
  }
}

interface Job {
  trial: Trial;
  isResumed: boolean;
}

/** One of several that take trials. */
interface Worker {
  /** From 1. */
  readonly name: number;
  failures: number;
}

type Failure = Pick<Extract<TrialEnd, { type: 'failed' }>, 'kind' | 'message'>;

/** With an offset, as Optuna's clients read it on every Python. */
const now = (): string => new Date().toISOString().replace('Z', '+00:00');

class Sweeping {
  private readonly folder: string;
  private readonly plan: Plan;
  private readonly file: StudyFile;
  private readonly options: CarryOut;
  private readonly sampler;
  private readonly running = new Map<number, RunningTrial>();
  /** Trials that an earlier session left, and those that failed here: to be continued. */
  private waiting: Trial[];
  private readonly attempts = new Map<number, number>();
  /** Workers that train, and what wakes those that wait for them. */
  private busy = 0;
  private readonly idle: (() => void)[] = [];
  private isOver = false;
  private lastFailure: Failure = { kind: null, message: '' };

  constructor(folder: string, plan: Plan, file: StudyFile, options: CarryOut) {
    this.folder = folder;
    this.plan = plan;
    this.file = file;
    this.options = options;
    this.sampler = SAMPLERS[plan.search]({
      ...{ space: plan.space, seed: plan.seed },
      directions: directionsOf(plan),
    });
    this.waiting = file.study.trials.filter(({ state }) => state === 'running');
  }

  async run(): Promise<SweepResult> {
    const { folder, plan, options } = this;
    const { signal } = options;
    const ended = this.file.study.trials.length - this.waiting.length;
    const parallel = Math.max(1, Math.min(options.parallel, plan.trials - ended));
    this.emit({ type: 'start', folder, plan, parallel, ended });
    const stop = () => {
      for (const trial of this.running.values()) trial.stop();
      for (const wake of this.idle.splice(0)) wake();
    };
    signal?.addEventListener('abort', stop);
    try {
      const workers = Array.from({ length: parallel }, (_, i) => this.work({ name: i + 1, failures: 0 }));
      const left = await Promise.allSettled(workers);
      const broken = left.find((one) => one.status === 'rejected');
      if (broken !== undefined) throw broken.reason;
      const isStopped = signal?.aborted === true && !this.isComplete();
      if (!isStopped && !this.isComplete()) throw this.allFailed();
      return { status: isStopped ? 'stopped' : 'finished', folder, plan, study: this.file.study };
    } finally {
      signal?.removeEventListener('abort', stop);
      stop();
    }
  }

  private isComplete(): boolean {
    return (
      (this.isOver || this.file.study.trials.length >= this.plan.trials) &&
      this.file.study.trials.every(({ state }) => state !== 'running')
    );
  }

  private async work(worker: Worker): Promise<void> {
    while (worker.failures < MOST_FAILURES) {
      const job = await this.take();
      if (job === null) return;
      this.busy++;
      try {
        await this.train(worker, job);
      } finally {
        this.busy--;
        for (const wake of this.idle.splice(0)) wake();
      }
    }
    this.emit({
      type: 'warning',
      message: `worker ${worker.name} is set aside: ${MOST_FAILURES} trials in a row failed on it; the last: ${this.lastFailure.message}`,
    });
  }

  /** New trials first, so that one that fails is tried again after others. */
  private async take(): Promise<Job | null> {
    for (;;) {
      if (this.options.signal?.aborted) return null;
      const left = this.waiting.findIndex(({ id }) => !this.attempts.has(id));
      const again = left >= 0 ? this.waiting.splice(left, 1)[0] : undefined;
      if (again !== undefined) return { trial: again, isResumed: true };
      const created = await this.create();
      if (created === 'invalid') continue;
      if (created !== null) return { trial: created, isResumed: false };
      const failed = this.waiting.shift();
      if (failed !== undefined) return { trial: failed, isResumed: true };
      if (this.busy === 0) return null;
      // A trial of another worker may fail, and then needs this one.
      await new Promise<void>((resolve) => void this.idle.push(resolve));
    }
  }

  /** The next trial, once it is in the journal; null if there is none. */
  private async create(): Promise<Trial | 'invalid' | null> {
    const { plan, file } = this;
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
    try {
      parseRecipe(this.plan.recipe, settingsOf(this.plan, point));
      return '';
    } catch (error) {
      if (error instanceof HourglassError) return error.message;
      throw error;
    }
  }

  private async train(worker: Worker, { trial, isResumed }: Job): Promise<void> {
    const { plan, folder, file } = this;
    const { id, number } = trial;
    const began = performance.now();
    const settings = settingsOf(plan, trial.point);
    const known = trial.user.run as string | undefined;
    const out = join(folder, known ?? trialPath(number));
    let [epochs, epoch, loss, isPruned] = [0, 0, null as number | null, false];
    let writing: Promise<unknown> = Promise.resolve();
    let unwritten: unknown;
    const write = (work: () => Promise<void>) => {
      writing = writing.then(work).catch((error) => {
        unwritten ??= error;
        running.stop();
      });
    };
    const running = startTrial(
      {
        extensions: extensionUrls(),
        recipe: plan.recipe,
        set: settings,
        out,
        threads: plan.threads,
        dataDir: plan.dataDir,
        offline: plan.offline,
        measure: plan.objectives.some((key) => key !== 'loss'),
        test: plan.seeds > 1,
      },
      (message) => {
        switch (message.type) {
          case 'begun': {
            [epochs, epoch] = [message.epochs, message.epochsBefore];
            const run = relative(folder, message.folder);
            if (run !== known)
              write(() => file.write(() => trialAttributes(id, { run, worker: worker.name })));
            break;
          }
          case 'epoch':
            [epoch, loss] = [message.epoch, message.loss];
            write(async () => {
              const end = await this.judge(id, message, epochs);
              isPruned ||= end;
              if (end) running.stop();
            });
            break;
        }
        const share = message.type === 'step' ? message.share : 0;
        this.emit({ type: 'progress', number, epoch, epochs, share, loss });
      },
    );
    this.running.set(id, running);
    const varied = valuesOf(plan.space, trial.point);
    this.emit({
      ...{ type: 'trial', number, worker: worker.name, pid: running.pid },
      ...{ settings: varied, isResumed },
    });
    if (this.options.signal?.aborted) running.stop();
    const end = await running.ended;
    this.running.delete(id);
    await writing;
    if (unwritten !== undefined) throw unwritten;
    const seconds = (performance.now() - began) / 1000;
    await this.conclude(worker, trial, end, { isPruned, seconds });
  }

  /** Whether the trial ends here: its loss after an epoch goes into the journal, and the pruner looks at it. */
  private async judge(
    id: number,
    { epoch, loss }: { epoch: number; loss: number },
    epochs: number,
  ): Promise<boolean> {
    let prune = false;
    await this.file.write(({ trials }) => {
      const trial = trials.find((one) => one.id === id)!;
      trial.intermediate.set(epoch, loss);
      const decision = PRUNER_TABLE[this.plan.prune].decide(trial, epoch, trials);
      // After the last epoch there is nothing to save.
      prune = decision.prune && epoch < epochs;
      return [
        setIntermediate(id, epoch, loss),
        ...Object.entries(decision.system).map(([key, value]) => systemAttribute(id, key, value)),
      ];
    });
    return prune;
  }

  private async conclude(
    worker: Worker,
    trial: Trial,
    end: TrialEnd,
    { isPruned, seconds }: { isPruned: boolean; seconds: number },
  ): Promise<void> {
    const { id } = trial;
    const finish = async (
      state: 'complete' | 'pruned' | 'failed',
      values: readonly number[] | null,
      attributes: Readonly<Record<string, unknown>>,
    ) => {
      worker.failures = 0;
      await this.file.write(() => [
        ...trialAttributes(id, { ...attributes, seconds: Math.round(seconds * 100) / 100 }),
        setState(id, state, values, now()),
      ]);
      this.ended(trial, seconds, (attributes.error as string | undefined) ?? null);
    };
    switch (end.type) {
      case 'finished': {
        const { validation, test, epochs } = end;
        const values = this.plan.objectives.map((key) => validation[key]);
        const missing = this.plan.objectives.find((_, i) => values[i] === undefined);
        const figures = { validation, ...(this.plan.seeds > 1 ? { test } : {}), epochs };
        if (missing === undefined) return finish('complete', values as number[], figures);
        return finish('failed', null, { ...figures, error: `${missing} was not measured, or is not finite` });
      }
      case 'stopped': {
        // Stopped with the sweep: the trial is still running, and continues with it.
        if (!isPruned) return;
        const last = Math.max(...trial.intermediate.keys());
        return finish('pruned', [trial.intermediate.get(last)!], { epochs: last });
      }
      case 'failed':
        if (end.kind === 'diverged' || end.kind === 'usage')
          return finish('failed', null, { error: end.message });
        if (end.kind === 'interrupted') return;
        return this.again(worker, trial, end, seconds);
      case 'crashed':
        return this.again(worker, trial, { kind: null, message: end.message }, seconds);
    }
  }

  /** A trial whose worker failed is run again from its checkpoint, up to three times. */
  private async again(
    worker: Worker,
    trial: Trial,
    { kind, message }: Failure,
    seconds: number,
  ): Promise<void> {
    worker.failures++;
    this.lastFailure = { kind, message };
    if (this.options.signal?.aborted) return;
    const attempts = (this.attempts.get(trial.id) ?? 0) + 1;
    this.attempts.set(trial.id, attempts);
    // A worker that fails with every trial says nothing about this one.
    if (attempts >= MOST_FAILURES && worker.failures < MOST_FAILURES) {
      const error = `failed ${attempts} times; the last: ${message}`;
      await this.file.write(() => [
        ...trialAttributes(trial.id, { error }),
        setState(trial.id, 'failed', null, now()),
      ]);
      this.ended(trial, seconds, error);
      return;
    }
    const from = existsSync(join(this.folder, (trial.user.run as string | undefined) ?? '', MANIFEST_FILE))
      ? ' from its checkpoint'
      : '';
    this.emit({
      type: 'warning',
      message: `trial ${trial.number} failed and is run again${from}: ${message}`,
    });
    this.waiting.push(trial);
  }

  private ended(trial: Trial, seconds: number, reason: string | null): void {
    const { number, state, values, point } = trial;
    this.emit({
      type: 'end',
      number,
      state,
      settings: valuesOf(this.plan.space, point),
      values,
      isBest: this.isBest(trial),
      seconds,
      reason,
    });
  }

  private isBest(trial: Trial): boolean {
    const complete = this.file.study.trials.filter(({ state }) => state === 'complete');
    return frontOf(complete, directionsOf(this.plan), ({ values }) => values!).includes(trial);
  }

  private allFailed(): HourglassError {
    const { kind, message } = this.lastFailure;
    return new HourglassError(kind ?? 'environment', {
      subject: this.folder,
      rule: `every worker failed ${MOST_FAILURES} times in a row; the last: ${message}`,
      hint: 'what is finished is kept: mend the cause and resume the sweep',
    });
  }

  private emit(event: SweepEvent): void {
    this.options.onEvent?.(event);
  }
}
