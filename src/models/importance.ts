/**
 * The two graphs of an importance-sampled likelihood (Burda et al., 2016): the posterior q(z | x) that the encoder
 * gives, and the logarithms of the weights p(x, z) / q(z | x) of samples from it.
 */
import { add, BATCH, exp, input, mul, reduceSum, type Sym, square, sub } from '../graph/index.ts';
import { Network, type NormalCode } from '../nn/index.ts';
import { CODE_BUILDERS } from './codes/build/index.ts';
import { codeTraits } from './codes/index.ts';
import { conditionInput } from './condition.ts';
import type { Definition } from './definition.ts';
import { type LossConfig, logLikelihood } from './losses/index.ts';
import { priorModel } from './objective.ts';

export interface PosteriorGraph {
  net: Network;
  /** [N, values]. */
  image: Sym;
  /** The images' classes, one-hot [N, classes], for a conditional model. */
  condition: Sym | undefined;
  /** Each [N, units]. */
  posterior: NormalCode;
  /** KL(q(z | x) ‖ p(z)) of each image, [N], in nats; null where it has no closed form. */
  kl: Sym | null;
}

/** @throws RangeError if an image has no distribution of codes. */
export function posteriorGraph(definition: Definition): PosteriorGraph {
  const net = new Network('infer');
  const image = input('image', [BATCH, definition.values]);
  const condition = conditionInput(definition);
  const { posterior } = definition.encode(net, image, condition);
  if (posterior === undefined) throw new RangeError('posterior: the code has no distribution');
  return { net, image, condition, posterior, kl: posterior.kl?.() ?? null };
}

export interface ImportanceGraph {
  net: Network;
  /** The image's class for each sample, one-hot [N, classes], for a conditional model. */
  condition: Sym | undefined;
  /** One image, [1, values], and its posterior, each [1, units]. */
  image: Sym;
  mean: Sym;
  logVariance: Sym;
  /** Standard normal, [N, units]: a row a sample. */
  epsilon: Sym;
  /** ln w of each sample, [N], in nats. */
  logWeights: Sym;
  /** ln p(z) − ln q(z | x) of each sample, [N], in nats: its mean is −KL(q(z | x) ‖ p(z)). */
  logRatio: Sym;
}

/**
 * ln w = ln p(x | z) + ln p(z) − ln q(z | x) with z = μ + σ ε, for the decoder as it is shipped (no dropout).
 */
export function importanceGraph(definition: Definition, loss: LossConfig): ImportanceGraph {
  const net = new Network('infer');
  const image = input('image', [1, definition.values]);
  const mean = input('mean', [1, definition.codeUnits]);
  const logVariance = input('logVariance', [1, definition.codeUnits]);
  const epsilon = input('epsilon', [BATCH, definition.codeUnits]);
  const z = add(mul(epsilon, exp(mul(logVariance, 0.5))), mean);
  const condition = conditionInput(definition);
  const output = definition.decode(net, z, condition);
  const likelihood = net.within('loss', () => logLikelihood(net, loss, output, image, definition.shape));
  const ratio = logRatio(net, definition, { z, epsilon, logVariance });
  const logWeights = add(likelihood, ratio);
  return { net, condition, image, mean, logVariance, epsilon, logWeights, logRatio: ratio };
}

/**
 * ln p(z) − ln q(z | x), [N]. With the prior N(0, I), what both normals have of π goes out:
 * ½ Σ (ε² + ln σ² − z²); otherwise −ln q(z | x) = ½ Σ (ε² + ln σ² + ln 2π).
 */
function logRatio(
  net: Network,
  definition: Definition,
  { z, epsilon, logVariance }: { z: Sym; epsilon: Sym; logVariance: Sym },
): Sym {
  const { code } = definition;
  const { prior } = CODE_BUILDERS.of(code.type);
  if (prior === null) throw new RangeError('importance: the code has no prior');
  const own = add(square(epsilon), logVariance);
  if (codeTraits(code).prior?.isStandardNormal) return mul(reduceSum(sub(own, square(z)), [1]), 0.5);
  const density = net.within('prior', () => prior.logDensity(net, z, code, priorModel(definition)));
  return add(density, mul(reduceSum(add(own, Math.log(2 * Math.PI)), [1]), 0.5));
}
