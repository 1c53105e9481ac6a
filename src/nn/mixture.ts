/** A mixture of normal distributions as a prior of codes. */
import { add, exp, gemm, mul, reduceSum, reshape, type Sym, square, sub } from '../graph/index.ts';
import { logSumExp } from './log-sum.ts';
import type { NormalCode } from './variational.ts';

/** μ + σ ε with ε given, each [N, units]. */
export const noisyNormal = ({ mean, logVariance }: NormalCode, epsilon: Sym): Sym =>
  add(mean, mul(exp(mul(logVariance, 0.5)), epsilon));

/**
 * ln (1/K Σ N(z; μ, σ²)) of codes [rows, units] under K components, each [K, units]: [rows], in nats. The squares are
 * three products of matrices: Σ (z − μ)² / σ² = Σ z² / σ² − 2 Σ z μ / σ² + Σ μ² / σ².
 */
export function logMixture(z: Sym, { mean, logVariance }: NormalCode): Sym {
  const components = mean.shape[0] as number;
  const precision = exp(mul(logVariance, -1));
  const scaledMean = mul(mean, precision);
  const own = reduceSum(add(add(mul(mean, scaledMean), logVariance), Math.log(2 * Math.PI)), [1]);
  const cross = gemm(z, scaledMean, { transB: true, alpha: -2, addend: own });
  const squares = add(gemm(square(z), precision, { transB: true }), cross);
  const logs = reshape(mul(squares, -0.5), [z.shape[0]!, 1, components]);
  return sub(reshape(logSumExp(logs), [z.shape[0]!]), Math.log(components));
}
