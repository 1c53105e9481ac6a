/** The Gaussian code of a variational autoencoder (Kingma & Welling, 2014). */
import { add, exp, mul, relu, type Sym, square, sub } from '../graph/index.ts';
import type { Network } from './network.ts';

export interface NormalCode {
  /** μ, [N, units]. */
  readonly mean: Sym;
  /** log σ², [N, units]. */
  readonly logVariance: Sym;
}

/** z = μ + σ · ε with ε standard normal for each unit, [N, units]; μ itself where a model is shipped. */
export function sampleNormal(net: Network, { mean, logVariance }: NormalCode): Sym {
  if (net.mode === 'infer') return mean;
  const epsilon = net.random('epsilon', mean.shape.slice(1) as number[], { type: 'normal' });
  return add(mean, mul(exp(mul(logVariance, 0.5)), epsilon));
}

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − log σ² − 1) for each image and unit, in nats, [N, units]. With free
 * bits (Kingma et al., 2016; here for each image, in nats) a unit counts at least that much, so that it costs
 * nothing to use it so far.
 */
export function normalKl({ mean, logVariance }: NormalCode, freeBits = 0): Sym {
  const kl = mul(sub(sub(add(square(mean), exp(logVariance)), logVariance), 1), 0.5);
  return freeBits === 0 ? kl : add(relu(sub(kl, freeBits)), freeBits);
}
