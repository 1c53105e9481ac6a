/**
 * Spectral normalisation (Miyato et al., 2018): a weight divided by its largest singular value σ, so that its layer stretches
 * nothing. σ is found by power iteration: one iteration a step, from where the step before ended.
 */
import {
  add,
  div,
  gemm,
  mul,
  reduceSum,
  reshape,
  type Sym,
  sqrt,
  square,
  stopGradient,
} from '../graph/index.ts';
import { sizeOf } from '../size.ts';
import type { Network } from './network.ts';

/** Keeps a weight of zeros from a division by 0. */
const LEAST = 1e-12;

/**
 * W / σ(W), of W's shape. As a matrix W has as many rows as its first axis, the rest are columns. `direction`, [1, columns], is
 * the state: the right singular vector as it is known so far, not to scale. A step of training moves it by one iteration; σ is
 * differentiated with the singular vectors held, which is its exact gradient where they have converged.
 */
export function spectral(net: Network, weight: Sym): Sym {
  const [rows, ...others] = weight.shape as number[];
  const columns = sizeOf(others);
  const matrix = others.length === 1 ? weight : reshape(weight, [rows!, columns]);
  const held = stopGradient(matrix);
  const state = net.state('direction', [1, columns], 1);
  const left = unit(gemm(state.symbol, held, { transB: true }));
  const right = unit(gemm(left, held));
  if (net.mode === 'train') state.next = right;
  const sigma = reduceSum(mul(gemm(left, matrix), right), [0, 1]);
  return div(weight, sigma);
}

/** The weight that a layer multiplies by: its parameter, or that divided by σ where the network says so. */
export const layerWeight = (net: Network, parameter: Sym): Sym =>
  net.isSpectral ? spectral(net, parameter) : parameter;

/** A row [1, n] of length 1. */
const unit = (row: Sym): Sym => div(row, sqrt(add(reduceSum(square(row), [1], true), LEAST)));
