/** Trials in the order of their objectives. */
import { betterFirst, frontOf, layersOf } from './objectives.ts';
import { directionsOf, type Plan } from './plan.ts';
import type { Study, Trial } from './study.ts';

/** The best complete trial; with several objectives those that no other beats in all of them. */
export function bestTrials(plan: Plan, { trials }: Study): Trial[] {
  const complete = trials.filter(({ state, values }) => state === 'complete' && values !== null);
  const directions = directionsOf(plan);
  return directions.length === 1
    ? betterFirst(complete, directions[0]!, ({ values }) => values![0]!).slice(0, 1)
    : frontOf(complete, directions, ({ values }) => values!);
}

/** Complete trials from the best, by the fronts they lie on if there are several objectives; then the others as they began. */
export function rankedTrials(plan: Plan, { trials }: Study): Trial[] {
  const complete = trials.filter(({ state, values }) => state === 'complete' && values !== null);
  const directions = directionsOf(plan);
  const ranked =
    directions.length === 1
      ? betterFirst(complete, directions[0]!, ({ values }) => values![0]!)
      : layersOf(complete, directions, ({ values }) => values!).flat();
  const known = new Set(ranked);
  return [...ranked, ...trials.filter((trial) => !known.has(trial))];
}
