/** What can be fitted to the codes of a model, in words. */
import type { SamplerName } from '../model/samplers/names.ts';

export const SAMPLER_WORDS: Readonly<Record<SamplerName, string>> = {
  mixture: 'mixture',
  flow: 'flow',
  'second-stage': 'second stage',
  autoregressive: 'autoregressive prior',
};
