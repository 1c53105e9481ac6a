/**
 * Maximum mean discrepancy (Gretton et al., 2012) with a sum of inverse multiquadratic kernels, as Wasserstein autoencoders use
 * it (Tolstikhin et al., 2018): how far two samples are from having one distribution.
 */
import {
  add,
  clip,
  div,
  gemm,
  mul,
  reciprocal,
  reduceSum,
  type Sym,
  square,
  sub,
  transpose,
} from '../graph/index.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

/** Pairs of different rows are counted up to this: more than any batch has. */
const MOST_PAIRS = 1e12;

/**
 * The unbiased estimate of the squared discrepancy between the rows of x and of y, both [N, units], a scalar:
 * Σ_{i≠j} (k(xᵢ, xⱼ) + k(yᵢ, yⱼ)) / N(N − 1) − 2 Σ_{ij} k(xᵢ, yⱼ) / N², with k(a, b) = Σ_s C_s / (C_s + ‖a − b‖²) and
 * C_s = 2 · units · s: twice the mean squared length of a standard normal row, times each scale. It can be a little below 0.
 * For a single row the first sum is empty.
 */
export function discrepancy(net: Network, x: Sym, y: Sym, scales: readonly number[]): Sym {
  const units = columnsOf(net, x);
  const kernel = (a: Sym, b: Sym): Sym => {
    const distances = squaredDistances(a, b);
    return scales
      .map((scale) => reduceSum(div(2 * units * scale, add(distances, 2 * units * scale))))
      .reduce(add);
  };
  const rows = reciprocal(net.inverseBatch);
  // Each kernel is 1 between a row and itself.
  const own = (a: Sym) => sub(kernel(a, a), mul(rows, scales.length));
  const pairs = clip(mul(rows, sub(rows, 1)), 1, MOST_PAIRS);
  const between = mul(kernel(x, y), mul(square(net.inverseBatch), 2));
  return sub(div(add(own(x), own(y)), pairs), between);
}

/** ‖aᵢ − bⱼ‖² between rows [N, units], [N, N]. */
function squaredDistances(a: Sym, b: Sym): Sym {
  const lengths = (rows: Sym) => reduceSum(square(rows), [1], true);
  const products = gemm(a, b, { transB: true });
  return sub(add(lengths(a), transpose(lengths(b), [1, 0])), mul(products, 2));
}
