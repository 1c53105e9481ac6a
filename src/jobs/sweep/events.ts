/** What happens in a sweep, as plain data. */
import type { Plan, Study, TrialState, Value } from '../../sweeps/index.ts';

export type SweepEvent =
  | {
      type: 'start';
      folder: string;
      plan: Plan;
      /** Trainings at the same time, at most. */
      parallel: number;
      /** The queue whose workers train, without credentials; null for processes of this machine. */
      queue: string | null;
      /** Trials that ended in an earlier session. */
      ended: number;
    }
  | {
      type: 'trial';
      number: number;
      /** Who trains it: a number from 1, or a machine's name. */
      worker: string;
      pid: number | undefined;
      settings: Readonly<Record<string, Value>>;
      isResumed: boolean;
    }
  | { type: 'progress'; number: number; epoch: number; epochs: number; share: number; loss: number | null }
  | {
      type: 'end';
      number: number;
      state: TrialState;
      settings: Readonly<Record<string, Value>>;
      values: readonly number[] | null;
      /** Whether it is the best so far; with several objectives, whether it is on the front. */
      isBest: boolean;
      seconds: number;
      /** Why it failed. */
      reason: string | null;
    }
  | { type: 'warning'; message: string };

export interface SweepResult {
  status: 'finished' | 'stopped';
  folder: string;
  plan: Plan;
  study: Study;
}
