/** How the settings of trials are chosen, by name. */
import type { SearchName } from '../../choices.ts';
import { gridSampler } from './grid.ts';
import { randomSampler } from './random.ts';
import type { Sampler, SamplerInput } from './sampler.ts';
import { sobolSampler } from './sobol.ts';
import { tpeSampler } from './tpe.ts';

export { combinations } from './grid.ts';

export const SAMPLERS: Readonly<Record<SearchName, (input: SamplerInput) => Sampler>> = {
  grid: gridSampler,
  random: randomSampler,
  sobol: sobolSampler,
  tpe: tpeSampler,
};
