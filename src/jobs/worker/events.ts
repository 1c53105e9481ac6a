/** What a worker does, as plain data. */
export type WorkerEvent =
  | { type: 'start'; name: string; queue: string; store: string | null; folder: string; parallel: number }
  | { type: 'begin'; what: 'trial' | 'shard'; sweep: string; trial: number; isResumed: boolean }
  | {
      type: 'end';
      what: 'trial' | 'shard';
      sweep: string;
      trial: number;
      how: 'finished' | 'stopped' | 'failed' | 'crashed' | 'lost';
      /** Why it failed. */
      reason: string | null;
      seconds: number;
    }
  /** The queue, or the store, does not answer, or answers again. */
  | { type: 'server'; what: string; isAway: boolean; why: string }
  | { type: 'warning'; message: string };

export interface WorkerResult {
  /** Trials that ended here. */
  trials: number;
  /** Why it takes no more: it was stopped, or too many trials in a row failed. */
  reason: 'stopped' | 'set aside';
}
