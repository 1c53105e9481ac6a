/** One trial of a sweep, from its workplace into the journal: its run, its losses, whether it is pruned, how it ended. */
import { join, relative } from 'node:path';
import type { ErrorKind } from '../../errors.ts';
import { extensionUrls } from '../../session/index.ts';
import {
  type Plan,
  PRUNER_TABLE,
  setIntermediate,
  setState,
  settingsOf,
  systemAttribute,
  type Trial,
  trialAttributes,
  valuesOf,
} from '../../sweeps/index.ts';
import type { SweepEvent } from './events.ts';
import { trialPath } from './folder.ts';
import { now, type StudyFile } from './study-file.ts';
import { isWorkersFault, type RunningTrial, type TrialEnd, type Workplace } from './workplace.ts';

/** A sweep that trials belong to. */
export interface Sweep {
  readonly folder: string;
  readonly plan: Plan;
  readonly file: StudyFile;
  readonly workplace: Workplace;
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: SweepEvent) => void;
}

export interface Failure {
  readonly kind: ErrorKind | null;
  readonly message: string;
}

export type Outcome =
  /** It is in the journal; `reason` says why it failed. */
  | { readonly type: 'ended'; readonly reason: string | null; readonly seconds: number }
  /** Stopped, with the sweep or with its worker: it is still running in the journal, and is to be continued. */
  | { readonly type: 'left' }
  /** Its worker failed, and it is to be run again. */
  | {
      readonly type: 'broken';
      readonly failure: Failure;
      readonly worker: string;
      readonly isSetAside: boolean;
      readonly seconds: number;
    };

/** Trains a trial that the journal has. Throws what keeps the journal from being written. */
export async function carryOutTrial(sweep: Sweep, trial: Trial, isResumed: boolean): Promise<Outcome> {
  const { plan, folder, file, workplace, signal, emit } = sweep;
  const { id, number } = trial;
  let began = performance.now();
  const known = trial.user.run as string | undefined;
  let [epochs, epoch, loss, isPruned] = [0, 0, null as number | null, false];
  let [worker, recorded] = ['', known];
  const knownArchive = trial.user.archive as string | undefined;
  let running: RunningTrial | null = null;
  let writing: Promise<unknown> = Promise.resolve();
  let unwritten: unknown;
  const write = (work: () => Promise<void>) => {
    writing = writing.then(work).catch((error) => {
      unwritten ??= error;
      running?.stop();
    });
  };
  const record = (place: string, archive: string | null = null) => {
    const run = relative(folder, place);
    const attributes = {
      ...(run === recorded ? {} : { run, worker }),
      ...(archive === null || archive === knownArchive ? {} : { archive }),
    };
    if (Object.keys(attributes).length > 0) write(() => file.write(() => trialAttributes(id, attributes)));
    recorded = run;
  };
  const start = {
    fingerprint: null,
    extensions: extensionUrls(),
    recipe: plan.recipe,
    set: settingsOf(plan, trial.point),
    out: join(folder, known ?? trialPath(number)),
    threads: plan.threads,
    dataDir: plan.dataDir,
    offline: plan.offline,
    measure: plan.objectives.some((key) => key !== 'loss'),
    test: plan.seeds > 1,
  };
  running = workplace.start(number, start, (message) => {
    switch (message.type) {
      case 'taken': {
        worker = message.worker;
        // It may have waited for a worker.
        began = performance.now();
        const settings = valuesOf(plan.space, trial.point);
        emit({ type: 'trial', number, worker, pid: message.pid, settings, isResumed });
        return;
      }
      case 'begun': {
        [epochs, epoch] = [message.epochs, message.epochsBefore];
        record(message.folder);
        break;
      }
      case 'arrived':
        return record(message.folder, message.archive);
      case 'epoch':
        [epoch, loss] = [message.epoch, message.loss];
        write(async () => {
          const end = await judge(sweep, id, message, epochs);
          isPruned ||= end;
          if (end) running?.stop();
        });
        break;
    }
    const share = message.type === 'step' ? message.share : 0;
    emit({ type: 'progress', number, epoch, epochs, share, loss });
  });
  const stop = () => running.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  const { end, isSetAside } = await running.ended.finally(async () => {
    signal?.removeEventListener('abort', stop);
    await writing;
  });
  if (unwritten !== undefined) throw unwritten;
  const seconds = (performance.now() - began) / 1000;
  if (end.type === 'crashed' || (end.type === 'failed' && isWorkersFault(end))) {
    const kind = end.type === 'failed' ? end.kind : null;
    return { type: 'broken', failure: { kind, message: end.message }, worker, isSetAside, seconds };
  }
  return conclude(sweep, trial, end, { isPruned, seconds });
}

/** Whether the trial ends here: its loss after an epoch goes into the journal, and the pruner looks at it. */
async function judge(
  { file, plan }: Sweep,
  id: number,
  { epoch, loss }: { epoch: number; loss: number },
  epochs: number,
): Promise<boolean> {
  let prune = false;
  await file.write(({ trials }) => {
    const trial = trials.find((one) => one.id === id)!;
    trial.intermediate.set(epoch, loss);
    const decision = PRUNER_TABLE[plan.prune].decide(trial, epoch, trials);
    // After the last epoch there is nothing to save.
    prune = decision.prune && epoch < epochs;
    return [
      setIntermediate(id, epoch, loss),
      ...Object.entries(decision.system).map(([key, value]) => systemAttribute(id, key, value)),
    ];
  });
  return prune;
}

async function conclude(
  { file, plan }: Sweep,
  { id, intermediate }: Trial,
  end: Exclude<TrialEnd, { type: 'crashed' }>,
  { isPruned, seconds }: { isPruned: boolean; seconds: number },
): Promise<Outcome> {
  const finish = async (
    state: 'complete' | 'pruned' | 'failed',
    values: readonly number[] | null,
    attributes: Readonly<Record<string, unknown>>,
  ): Promise<Outcome> => {
    await file.write(() => [
      ...trialAttributes(id, { ...attributes, seconds: Math.round(seconds * 100) / 100 }),
      setState(id, state, values, now()),
    ]);
    return { type: 'ended', reason: (attributes.error as string | undefined) ?? null, seconds };
  };
  switch (end.type) {
    case 'finished': {
      const { validation, test, epochs } = end;
      const values = plan.objectives.map((key) => validation[key]);
      const missing = plan.objectives.find((_, i) => values[i] === undefined);
      const figures = { validation, ...(plan.seeds > 1 ? { test } : {}), epochs };
      if (missing === undefined) return finish('complete', values as number[], figures);
      return finish('failed', null, { ...figures, error: `${missing} was not measured, or is not finite` });
    }
    case 'stopped': {
      if (!isPruned) return { type: 'left' };
      const last = Math.max(...intermediate.keys());
      return finish('pruned', [intermediate.get(last)!], { epochs: last });
    }
    case 'failed':
      if (end.kind === 'interrupted') return { type: 'left' };
      return finish('failed', null, { error: end.message });
  }
}
