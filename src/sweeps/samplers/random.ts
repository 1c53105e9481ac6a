/** Settings drawn independently: the same ones for a trial's number, whatever came before it. */
import { randomOf } from '../random.ts';
import { internalAt, type Point, pointBy } from '../space.ts';
import type { Sampler, SamplerInput } from './sampler.ts';

export const randomSampler = ({ space, seed }: SamplerInput): Sampler => ({
  next: (number) => randomPoint(space, seed, number),
});

export const randomPoint = (space: SamplerInput['space'], seed: number, number: number): Point =>
  pointBy(space, ({ domain }, i) => internalAt(domain, randomOf(seed, number, i)()));
