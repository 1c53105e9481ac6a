/** Codes less their mean and divided by their σ, unit by unit: what networks over codes learn from. */
import { MomentSums } from '../metrics/index.ts';
import { shortened } from './shortened.ts';

/** Codes as their images' distributions: means, and σ of each unit, 0 for codes without a variance; both [n, units]. */
export interface SpreadCodes {
  means: Float32Array;
  sigmas: Float32Array;
}

/** Some of them, standardised: `x` [count, units] is a mean, `spread` its σ. */
export interface Rows {
  count: number;
  data: Record<'x' | 'spread', Float32Array>;
}

/** Rows of codes, by their positions; and what standardises them, with the range of their means. */
export function standardised(
  { means, sigmas }: SpreadCodes,
  units: number,
): {
  mean: number[];
  std: number[];
  min: number[];
  max: number[];
  rows(isIn: (row: number) => boolean): Rows;
} {
  const count = means.length / units;
  const sums = new MomentSums(units, { covariance: false });
  sums.add(means);
  const moments = sums.result();
  const mean = Array.from(moments.mean, shortened);
  // A unit that never changes keeps its place.
  const std = Array.from(moments.std, (value) => shortened(Math.max(value, 1e-6)));
  const x = means.map((value, i) => (value - mean[i % units]!) / std[i % units]!);
  const spread = sigmas.map((sigma, i) => sigma / std[i % units]!);
  return {
    ...{ mean, std, min: Array.from(moments.min), max: Array.from(moments.max) },
    rows(isIn) {
      const chosen = Array.from({ length: count }, (_, row) => row).filter(isIn);
      const of = (values: Float32Array) => {
        const some = new Float32Array(chosen.length * units);
        for (const [i, row] of chosen.entries())
          some.set(values.subarray(row * units, (row + 1) * units), i * units);
        return some;
      };
      return { count: chosen.length, data: { x: of(x), spread: of(spread) } };
    },
  };
}
