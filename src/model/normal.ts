/** The standard normal distribution: its quantiles, and numbers drawn from it. */
import type { ModelEngine } from '../engine/index.ts';

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const B = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/** Φ⁻¹(p) for p in (0, 1), to a relative error of 1.2e-9 (P. J. Acklam's rational approximation, 2003). */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`normalQuantile: p must be in (0, 1), got ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = p - 0.5;
  return (q * polynomial(A, q * q)) / polynomial(B, q * q);
}

/** Standard normal numbers, the same for the same seed; `first` is the position of the first one in its sequence. */
export function normalNumbers(engine: ModelEngine, count: number, seed: number, first = 0): Float32Array {
  const arena = engine.memory();
  const block = arena.reserve(count);
  arena.kernels.normal(block.offset, count, 0, 1, seed, 0, 0, first);
  const numbers = arena.floats(block).slice();
  arena.dispose();
  return numbers;
}
