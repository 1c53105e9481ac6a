/** The Gaussian code of a variational autoencoder (Kingma & Welling, 2014). */
import {
  add,
  BATCH,
  div,
  exp,
  mul,
  reduceSum,
  relu,
  reshape,
  type Sym,
  square,
  sub,
} from '../graph/index.ts';
import type { Network } from './network.ts';
import { repeatRows, rowsDim } from './rows.ts';

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

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** `each` codes z = μ + σ · ε of each image, [each · N, units]; none where a model is shipped: μ has to do there. */
export function sampleNormals(net: Network, { mean, logVariance }: NormalCode, each: number): Sym {
  const units = mean.shape[1] as number;
  const epsilon = net.random('epsilon', [each, units], { type: 'normal' });
  const beside = (x: Sym) => reshape(x, [BATCH, 1, units]);
  const drawn = add(beside(mean), mul(beside(exp(mul(logVariance, 0.5))), epsilon));
  return reshape(drawn, [rowsDim(each), units]);
}

/** ln N(z; μ, σ²) of codes [each · N, units], summed over units: [each · N], in nats. */
export function logNormal(z: Sym, { mean, logVariance }: NormalCode, each: number): Sym {
  const [mu, logarithm] = [repeatRows(mean, each), repeatRows(logVariance, each)];
  const scaled = add(div(square(sub(z, mu)), exp(logarithm)), logarithm);
  return mul(reduceSum(add(scaled, LOG_TWO_PI), [1]), -0.5);
}

/** ln N(z; 0, I), summed over units: [rows], in nats. */
export const logStandardNormal = (z: Sym): Sym => mul(reduceSum(add(square(z), LOG_TWO_PI), [1]), -0.5);

/** The entropy of N(μ, σ²) of each image, ½ Σ (ln σ² + ln 2π + 1), [N], in nats. */
export const normalEntropy = ({ logVariance }: NormalCode): Sym =>
  mul(reduceSum(add(logVariance, LOG_TWO_PI + 1), [1]), 0.5);

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − log σ² − 1) for each image and unit, in nats, [N, units]. With free
 * bits (Kingma et al., 2016; here for each image, in nats) a unit counts at least that much, so that it costs
 * nothing to use it so far.
 */
export function normalKl({ mean, logVariance }: NormalCode, freeBits = 0): Sym {
  const kl = mul(sub(sub(add(square(mean), exp(logVariance)), logVariance), 1), 0.5);
  return freeBits === 0 ? kl : add(relu(sub(kl, freeBits)), freeBits);
}
