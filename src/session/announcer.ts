/** The observer that turns a training into the run's events for the caller; steps come at a limited rate. */
import { PROGRESS_INTERVAL } from '../evaluation/progress.ts';
import type { RunEvent } from './events.ts';
import type { Observer } from './observer.ts';

export function announcer(emit: (event: RunEvent) => void): Observer {
  let told = 0;
  let untold: RunEvent | null = null;
  return {
    step({ epoch, stepInEpoch: step, stepsPerEpoch: steps, trainingLoss, imagesPerSecond }) {
      untold = { type: 'step', epoch, step, steps, trainingLoss, imagesPerSecond };
      if (performance.now() - told <= PROGRESS_INTERVAL) return;
      told = performance.now();
      emit(untold);
      untold = null;
    },
    wait() {
      if (untold !== null) emit(untold);
      untold = null;
    },
    epoch: ({ metrics, isBest }) => emit({ type: 'epoch', row: metrics, isBest }),
  };
}
