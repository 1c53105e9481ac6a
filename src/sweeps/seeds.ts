/** Figures over the seeds of one combination: mean and standard deviation. */
import type { Point } from './space.ts';
import type { Trial } from './study.ts';

export interface Spread {
  count: number;
  mean: number;
  /** The sample standard deviation, with n − 1; null for one value. */
  deviation: number | null;
}

export function spread(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)) };
}

/** Trials that differ in their seed alone, in the order of their first. */
export function bySettings(trials: readonly Trial[]): { point: Point; trials: Trial[] }[] {
  const groups = new Map<string, { point: Point; trials: Trial[] }>();
  for (const trial of trials) {
    const { seed: _, ...point } = trial.point;
    const key = JSON.stringify(point);
    const group = groups.get(key) ?? { point, trials: [] };
    groups.set(key, group);
    group.trials.push(trial);
  }
  return [...groups.values()];
}
