/** Learning rates over time: a factor of the highest rate for each step, from the step's number alone. */
import type { ScheduleConfig, TrainingSettings } from './settings.ts';

type Rates = Pick<TrainingSettings, 'optimiser' | 'rateChanges'>;

/** The learning rate before the schedule: that of the last change before step `step` (from 0), or the optimiser's. */
export function baseRate({ optimiser, rateChanges = [] }: Rates, step: number): number {
  return rateChanges.findLast((change) => change.step <= step)?.learningRate ?? optimiser.learningRate;
}

/** The changes with one more: what was recorded for that step and later ones is replaced. */
export function withRateChange(
  { rateChanges = [] }: Rates,
  change: { step: number; learningRate: number },
): { step: number; learningRate: number }[] {
  return [...rateChanges.filter(({ step }) => step < change.step), change];
}

/**
 * The factor, in (0, 1], of step `step` (from 0) of `stepsPerEpoch · epochs`. The cosine falls from the end
 * of the warm-up to the end of training (Loshchilov & Hutter, 2017, without restarts).
 */
export function scheduleFactor(
  schedule: ScheduleConfig,
  step: number,
  stepsPerEpoch: number,
  epochs: number,
): number {
  const warmup = Math.round(schedule.warmup * stepsPerEpoch);
  if (step < warmup) return (step + 1) / (warmup + 1);
  switch (schedule.type) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor(step / (schedule.every * stepsPerEpoch));
    case 'cosine': {
      const progress = (step - warmup) / Math.max(1, stepsPerEpoch * epochs - warmup);
      return schedule.final + (1 - schedule.final) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  }
}
