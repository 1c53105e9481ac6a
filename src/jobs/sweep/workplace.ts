/**
 * Where the trials of a sweep are trained: by processes of this machine, or by workers behind a queue. A sweep gives it
 * trials and hears of them; which worker takes one is the workplace's own affair.
 */
import type { FromTrial, TrialStart } from './trial-messages.ts';

/** A worker, or a trial, that fails so often in a row is set aside. */
export const MOST_FAILURES = 3;

/** How a trial ended. */
export type TrialEnd =
  | Extract<FromTrial, { type: 'finished' | 'stopped' | 'failed' }>
  /** Its process ended and said nothing. */
  | { readonly type: 'crashed'; readonly message: string };

/** What a trial says until it ends. */
export type TrialProgress =
  /** A worker has begun it. */
  | { readonly type: 'taken'; readonly worker: string; readonly pid: number | undefined }
  /** Its run has come from another machine, and is in a store if `archive` says where. */
  | { readonly type: 'arrived'; readonly folder: string; readonly archive: string | null }
  | Exclude<FromTrial, { type: 'finished' | 'stopped' | 'failed' }>;

export interface EndedTrial {
  readonly end: TrialEnd;
  /** Whether its worker has failed so often that it takes no more. */
  readonly isSetAside: boolean;
}

export interface RunningTrial {
  /** Rejects if this machine cannot go on, as with credentials that are no longer valid; the trial can then be continued. */
  readonly ended: Promise<EndedTrial>;
  /** Ends it after its current step, with a checkpoint; one that no worker has begun ends at once. */
  stop(): void;
}

export interface Workplace {
  /** Trials that it takes at the same time; 0 once every worker is set aside. */
  readonly room: number;
  /** Resolves once there is more room than now. */
  moreRoom(): Promise<void>;
  /** Trains a trial: `start.out` is its run's folder, which is there before if the trial is continued. */
  start(number: number, start: TrialStart, onProgress: (message: TrialProgress) => void): RunningTrial;
}

/** Whether a trial failed by its worker's fault: what its settings lead to would happen anywhere. */
export const isWorkersFault = (end: TrialEnd): boolean =>
  end.type === 'crashed' ||
  (end.type === 'failed' && !['diverged', 'usage', 'interrupted'].includes(end.kind ?? ''));
