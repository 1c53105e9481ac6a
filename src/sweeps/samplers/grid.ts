/**
 * Every combination of choices and whole numbers, the last setting fastest; mixed where trials are pruned. A pruner compares a
 * trial with those before it: where each stretch of the grid is better than the last, it would prune nothing.
 */
import { randomOf } from '../random.ts';
import { gridOf, isActive, type Point, type Space } from '../space.ts';
import type { Sampler, SamplerInput } from './sampler.ts';

export function gridSampler({ space, seed, isPruned = false }: SamplerInput): Sampler {
  const all = isPruned ? mixed(combinations(space), seed) : combinations(space);
  return { next: (number) => all[number] ?? null };
}

/** The combinations of a space without ranges; each with the settings that are active in it. */
export function combinations(space: Space): Point[] {
  return space.reduce<Point[]>(
    (points, setting) =>
      points.flatMap((point) =>
        isActive(setting, space, point)
          ? gridOf(setting.domain).map((internal) => ({ ...point, [setting.path]: internal }))
          : [point],
      ),
    [{}],
  );
}

/** In an order that the seed decides (Fisher and Yates). */
export function mixed<T>(items: readonly T[], seed: number): T[] {
  const random = randomOf(seed);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
