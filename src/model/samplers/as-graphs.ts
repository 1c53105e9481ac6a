/** What was fitted to the codes of a model, as graphs that make codes of random numbers: for other programs. */
import { rootOf } from '../../metrics/covariance-root.ts';
import {
  flowSampler,
  gaussianSampler,
  type MixtureNumbers,
  mixtureSampler,
  type SamplerGraph,
  secondStageSampler,
} from '../../models/index.ts';
import type { Statistics } from '../statistics.ts';
import type { StoredFlow } from './flow-file.ts';
import { floatsOf, type StoredLayer } from './layer-file.ts';
import type { StoredMixture } from './mixture-file.ts';
import type { Samplers } from './samplers.ts';
import type { StoredSecondStage } from './second-stage-file.ts';

/** What codes are drawn from by a graph of their own. */
type GraphName = 'codes' | 'mixture' | 'flow' | 'second-stage';

/**
 * A graph for each distribution of codes, by what it is drawn with `from`: `codes`, `mixture`, `flow`, `second-stage`. They make the codes that `sample`
 * draws, of the same random numbers.
 * @param statistics of a model without a prior: their Gaussian is what it is drawn from by default. Null for others.
 * @param classes how many a conditional model is told; 0 for others.
 */
export function samplerGraphs(
  samplers: Samplers | null,
  statistics: Statistics | null,
  classes = 0,
): Map<GraphName, SamplerGraph> {
  const graphs = new Map<GraphName, SamplerGraph>();
  if (statistics !== null) graphs.set('codes', codesSampler(statistics.codes));
  if (samplers?.mixture) graphs.set('mixture', mixtureSampler(mixtureOf(samplers.mixture, classes)));
  if (samplers?.flow) graphs.set('flow', flowSampler(flowOf(samplers.flow)));
  const stage = samplers?.['second-stage'];
  if (stage) graphs.set('second-stage', secondStageSampler(secondStageOf(stage)));
  return graphs;
}

const codesSampler = ({ mean, std, covariance }: Statistics['codes']): SamplerGraph =>
  gaussianSampler(covariance === null ? { mean, std } : { mean, root: rootOf(covariance) });

const mixtureOf = (
  { weights, means, covariances, range, labels }: StoredMixture,
  classes = 0,
): MixtureNumbers => ({
  weights,
  gaussians: means.map((mean, k) => ({ mean, root: rootOf(covariances[k]!) })),
  range,
  ...(labels === undefined || classes === 0 ? {} : { classes: { labels, count: classes } }),
});

const layer = ({ weight, bias }: StoredLayer) => ({ weight: floatsOf(weight), bias: floatsOf(bias) });

const secondStageOf = ({
  hidden,
  output,
  ...stage
}: StoredSecondStage): Parameters<typeof secondStageSampler>[0] => ({
  ...stage,
  hidden: hidden.map(layer),
  output: layer(output),
});

function flowOf({ base, mean, std, mostLogScale, couplings }: StoredFlow): Parameters<typeof flowSampler>[0] {
  return {
    ...{ base: mixtureOf(base), mean, std, mostLogScale },
    couplings: couplings.map(({ passed, hidden1, hidden2, scale, shift }) => ({
      ...{ passed, hidden1: layer(hidden1), hidden2: layer(hidden2) },
      ...{ scale: layer(scale), shift: layer(shift) },
    })),
  };
}
