/** Trains a list of runs at a workplace, as a sweep does its trials: what fails by its worker's fault is continued by another. */
import { HourglassError } from '../../errors.ts';
import type { TrialStart } from './trial-messages.ts';
import {
  isWorkersFault,
  MOST_FAILURES,
  type RunningTrial,
  type TrialEnd,
  type Workplace,
} from './workplace.ts';

export interface ListedTraining {
  /** What is trained; a run that is there is continued. */
  readonly start: TrialStart;
  /** Called when a worker has begun it: with 0, and after each epoch. */
  readonly onEpoch?: (epoch: number) => void;
}

/**
 * Returns when every run is finished. One that fails ends the others, each with a checkpoint.
 * @throws HourglassError of the kind of the run that failed; `interrupted` once `signal` is aborted; `environment` where a run's
 * process ended three times by itself.
 */
export async function trainAll(
  workplace: Workplace,
  trainings: readonly ListedTraining[],
  signal?: AbortSignal,
): Promise<void> {
  const waiting = [...trainings.keys()];
  const running = new Map<number, RunningTrial>();
  const failures = new Map<number, number>();
  const active = new Set<Promise<void>>();
  let failed: HourglassError | null = null;
  const stopAll = () => {
    for (const one of running.values()) one.stop();
  };
  const fail = (error: HourglassError) => {
    failed ??= error;
    stopAll();
  };
  const work = async (number: number) => {
    const { start, onEpoch } = trainings[number]!;
    const trial = workplace.start(number, start, (message) => {
      if (message.type === 'taken') onEpoch?.(0);
      if (message.type === 'epoch') onEpoch?.(message.epoch);
    });
    running.set(number, trial);
    if (signal?.aborted) trial.stop();
    const { end } = await trial.ended;
    running.delete(number);
    if (end.type === 'finished') return;
    const count = (failures.get(number) ?? 0) + 1;
    failures.set(number, count);
    if (end.type === 'crashed' && isWorkersFault(end) && count < MOST_FAILURES && !signal?.aborted)
      waiting.unshift(number);
    else fail(errorOf(start.out, end));
  };
  signal?.addEventListener('abort', stopAll);
  try {
    for (;;) {
      while (failed === null && !signal?.aborted && active.size < workplace.room && waiting.length > 0) {
        const begun: Promise<void> = work(waiting.shift()!).finally(() => active.delete(begun));
        active.add(begun);
      }
      if (active.size === 0) break;
      await Promise.race([...active, workplace.moreRoom()]);
    }
  } finally {
    signal?.removeEventListener('abort', stopAll);
    stopAll();
  }
  if (failed !== null) throw failed;
  const left = waiting[0];
  if (left !== undefined) throw errorOf(trainings[left]!.start.out, { type: 'stopped' });
}

function errorOf(out: string, end: Exclude<TrialEnd, { type: 'finished' }>): HourglassError {
  if (end.type === 'stopped') {
    return new HourglassError('interrupted', {
      subject: out,
      rule: 'was stopped',
      hint: 'the same command continues from here',
    });
  }
  if (end.type === 'crashed' || end.kind === null)
    return new HourglassError('environment', { subject: out, rule: `could not be trained: ${end.message}` });
  // The message begins with its subject.
  const at = end.message.indexOf(': ');
  return new HourglassError(end.kind, {
    subject: at < 0 ? out : end.message.slice(0, at),
    rule: at < 0 ? end.message : end.message.slice(at + 2),
  });
}
