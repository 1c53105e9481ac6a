/**
 * The two graphs of an importance-sampled likelihood (Burda et al., 2016): the posterior q(z | x) that the encoder
 * gives, and the logarithms of the weights p(x, z) / q(z | x) of samples from it.
 */
import { add, BATCH, exp, input, mul, reduceSum, type Sym, square, sub } from '../graph/index.ts';
import { type GaussianCode, gaussianKl, type LikelihoodLoss, logLikelihood, Network } from '../nn/index.ts';
import type { Definition } from './autoencoder.ts';
import type { LossConfig } from './loss.ts';

/** A loss that is the negative logarithm of a density or a probability. */
export type LikelihoodConfig = LossConfig & { type: LikelihoodLoss };

export interface PosteriorGraph {
  net: Network;
  /** [N, pixels]. */
  image: Sym;
  /** Each [N, units]. */
  posterior: GaussianCode;
  /** KL(q(z | x) ‖ p(z)) of each image, [N], in nats. */
  kl: Sym;
}

/** @throws RangeError if the code is no Gaussian. */
export function posteriorGraph(definition: Definition): PosteriorGraph {
  const net = new Network('infer');
  const image = input('image', [BATCH, definition.pixels]);
  const { gaussian } = definition.encode(net, image);
  if (gaussian === undefined) throw new RangeError('posterior: the code has no distribution');
  return { net, image, posterior: gaussian, kl: reduceSum(gaussianKl(gaussian), [1]) };
}

export interface ImportanceGraph {
  net: Network;
  /** One image, [1, pixels], and its posterior, each [1, units]. */
  image: Sym;
  mean: Sym;
  logVariance: Sym;
  /** Standard normal, [N, units]: a row a sample. */
  epsilon: Sym;
  /** ln w of each sample, [N], in nats. */
  logWeights: Sym;
}

/**
 * ln w = ln p(x | z) + ln p(z) − ln q(z | x) with z = μ + σ ε, for the decoder as it is shipped (no dropout). What both
 * normals have of π goes out: ln p(z) − ln q(z | x) = ½ Σ (ε² + ln σ² − z²).
 */
export function importanceGraph(definition: Definition, loss: LikelihoodConfig): ImportanceGraph {
  const net = new Network('infer');
  const image = input('image', [1, definition.pixels]);
  const mean = input('mean', [1, definition.codeUnits]);
  const logVariance = input('logVariance', [1, definition.codeUnits]);
  const epsilon = input('epsilon', [BATCH, definition.codeUnits]);
  const z = add(mul(epsilon, exp(mul(logVariance, 0.5))), mean);
  const output = definition.decode(net, z);
  const likelihood = net.within('loss', () => logLikelihood(net, loss, output, image));
  const ratio = mul(reduceSum(sub(add(square(epsilon), logVariance), square(z)), [1]), 0.5);
  return { net, image, mean, logVariance, epsilon, logWeights: add(likelihood, ratio) };
}
