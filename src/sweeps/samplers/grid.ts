/** Every combination of choices and whole numbers, the last setting fastest. */
import { gridOf, isActive, type Point, type Space } from '../space.ts';
import type { Sampler, SamplerInput } from './sampler.ts';

export function gridSampler({ space }: SamplerInput): Sampler {
  const all = combinations(space);
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
