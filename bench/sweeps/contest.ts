/** A sweep on a recorded problem: the samplers and pruners of `hourglass sweep`, one trial after the other, without a training. */
import { type Point, PRUNER_TABLE, SAMPLERS, type Trial } from '../../src/sweeps/index.ts';
import { EPOCHS } from './problems.ts';
import type { Lookup } from './recorded.ts';

export interface Search {
  readonly name: string;
  readonly search: 'random' | 'sobol' | 'tpe' | 'grid';
  readonly prune: 'none' | 'median' | 'asha';
}

/** What is held against Optuna's. */
export const CONTESTS: readonly Search[] = [
  { name: 'random', search: 'random', prune: 'none' },
  { name: 'TPE', search: 'tpe', prune: 'none' },
  { name: 'random, ASHA', search: 'random', prune: 'asha' },
  { name: 'TPE, ASHA', search: 'tpe', prune: 'asha' },
];

export interface Outcome {
  /** The least loss of a complete trial; infinite if there is none. */
  best: number;
  /** Epochs of all trials. */
  epochs: number;
}

export function searched(lookup: Lookup, { search, prune }: Search, seed: number, count: number): Outcome {
  const sampler = SAMPLERS[search]({ space: lookup.space, seed, directions: ['lower'] });
  return carriedOut(
    lookup,
    (number, trials) => (number < count ? sampler.next(number, trials) : null),
    prune,
  );
}

/** Trials at given points, in their order. */
export const tried = (lookup: Lookup, points: readonly Point[], prune: Search['prune']): Outcome =>
  carriedOut(lookup, (number) => points[number] ?? null, prune);

function carriedOut(
  lookup: Lookup,
  next: (number: number, trials: readonly Trial[]) => Point | null,
  prune: Search['prune'],
): Outcome {
  const trials: Trial[] = [];
  let [best, epochs] = [Number.POSITIVE_INFINITY, 0];
  for (let number = 0; ; number++) {
    const point = next(number, trials);
    if (point === null) break;
    const trial = begun(number, point);
    trials.push(trial);
    const curve = lookup.curve(point);
    for (const [i, loss] of curve.entries()) {
      trial.intermediate.set(i + 1, loss);
      epochs++;
      const decision = PRUNER_TABLE[prune].decide(trial, i + 1, trials);
      Object.assign(trial.system, decision.system);
      // As in a sweep: after the last epoch there is nothing to save.
      if (!decision.prune || i + 1 === EPOCHS) continue;
      Object.assign(trial, { state: 'pruned', values: [loss] });
      break;
    }
    if (trial.state === 'pruned') continue;
    if (curve.length < EPOCHS) trial.state = 'failed';
    else {
      const value = Math.min(...curve);
      Object.assign(trial, { state: 'complete', values: [value] });
      best = Math.min(best, value);
    }
  }
  return { best, epochs };
}

const begun = (number: number, point: Trial['point']): Trial => ({
  ...{ id: number, number, state: 'running', point, values: null, intermediate: new Map() },
  ...{ started: null, ended: null, user: {}, system: {} },
});

/** How far a loss is from the best recorded one: 0 is the best, 1 the median of all combinations. */
export function regretOf({ sorted }: Lookup, loss: number): number {
  const [least, median] = [sorted[0]!, sorted[sorted.length >> 1]!];
  return Number.isFinite(loss) ? (loss - least) / (median - least) : 1;
}
