/** The graphs of the priors, one file each and one line in the table below, and the prior of a code as its builder has it. */
import { Table } from '../../../tables.ts';
import { type GaussianCode, STANDARD } from '../../gaussian.ts';
import type { PriorBuilder } from '../../kind.ts';
import type { PriorGraph } from '../../priors/kind.ts';
import { realnvpGraph } from './realnvp.ts';
import { standardGraph } from './standard.ts';
import { vampGraph } from './vamp.ts';

const BUILT_IN = [standardGraph, vampGraph, realnvpGraph] as const;

export const PRIOR_GRAPHS = new Table<PriorGraph, typeof BUILT_IN>('prior', BUILT_IN);

const graphOf = ({ type }: { type: string }): PriorGraph => PRIOR_GRAPHS.of(type);

/** The prior that the settings of a Gaussian code name. */
export const settledPrior: PriorBuilder<GaussianCode> = {
  noiseUnits: ({ prior = STANDARD }, units) => graphOf(prior).noiseUnits(prior, units),
  sample: (net, noise, { prior = STANDARD }, model) => graphOf(prior).sample(net, noise, prior, model),
  logDensity: (net, z, { prior = STANDARD }, model) => graphOf(prior).logDensity(net, z, prior, model),
};
