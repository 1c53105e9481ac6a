/**
 * Bounds on ln p(x) of several codes for each image: the importance-weighted bound (IWAE; Burda et al., 2016), its mean
 * over groups (MIWAE; Rainforth et al., 2018), and doubly reparameterised gradients (Tucker et al., 2019).
 */
import { gradients } from '../autodiff/index.ts';
import { BATCH, exp, mul, reduceSum, reshape, type Sym, square, stopGradient, sub } from '../graph/index.ts';
import { logSumExp } from './log-sum.ts';

/** How the codes of an image are weighed. */
export interface Weighing {
  /** Codes in a group: the k of the bound. */
  samples: number;
  /** Groups; a bound of one group has all codes. */
  groups: number;
}

export interface Bound {
  /** The mean over groups of ln (1/k Σ w), for each image, [N], in nats. */
  bound: Sym;
  /** The mean of ln w, [N], in nats: what the bound is with one code in a group. */
  elbo: Sym;
  /** w / Σ w within its group, [N, groups, samples]. */
  shares: Sym;
}

/** @param logWeights ln w = ln p(x, z) − ln q(z | x) of each code, [groups · samples · N], in nats. */
export function importanceBound(logWeights: Sym, { samples, groups }: Weighing): Bound {
  const grouped = reshape(logWeights, [BATCH, groups, samples]);
  const sums = logSumExp(grouped);
  return {
    bound: sub(mul(reduceSum(sums, [1]), 1 / groups), Math.log(samples)),
    elbo: mul(reduceSum(grouped, [1, 2]), 1 / (groups * samples)),
    shares: exp(sub(grouped, reshape(sums, [BATCH, groups, 1]))),
  };
}

/** What is 0, with the gradient of x. */
export const gradientOnly = (x: Sym): Sym => sub(x, stopGradient(x));

/**
 * Parts whose value is 0 and whose gradient with respect to the encoder is that of the codes it draws, for log-weights in
 * which nothing else depends on it. With d ln w / dz of each code, `elbo` gives each code 1 / (groups · samples) of it and
 * `bound` its share squared / groups: the doubly reparameterised gradients of the two. Both [N].
 * @param code what the log-weights are of, [groups · samples · N, units]; no gradient flows through it.
 * @param drawn the same codes as a function of the encoder's parameters.
 */
export function doublyReparameterised(
  { logWeights, shares }: { logWeights: Sym; shares: Sym },
  { code, drawn }: { code: Sym; drawn: Sym },
  { samples, groups }: Weighing,
): { elbo: Sym; bound: Sym } {
  const [slope] = gradients(reduceSum(logWeights), [code]);
  const along = gradientOnly(reduceSum(mul(stopGradient(slope!), drawn), [1]));
  const grouped = reshape(along, [BATCH, groups, samples]);
  return {
    elbo: mul(reduceSum(grouped, [1, 2]), 1 / (groups * samples)),
    bound: mul(reduceSum(mul(square(stopGradient(shares)), grouped), [1, 2]), 1 / groups),
  };
}
