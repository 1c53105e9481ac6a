/** The progress of the work after a training, as events of the run. */
import { type OnProgress, PROGRESS_INTERVAL } from '../evaluation/progress.ts';
import type { RunEvent } from './events.ts';

/** Events of a run's measuring: one when a phase begins, then one now and then. */
export function measuringEvents(emit: (event: RunEvent) => void): OnProgress {
  let current = '';
  let told = 0;
  return (phase, share) => {
    if (phase === current && performance.now() - told < PROGRESS_INTERVAL) return;
    current = phase;
    told = performance.now();
    emit({ type: 'measuring', phase, share });
  };
}
