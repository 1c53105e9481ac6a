/**
 * How unusual the residual x − x̂ of a row is among those of the training rows: Mahalanobis' distance. Columns that are
 * always reconstructed well count more than columns that never are, and residuals that usually come together count once.
 */
import { rootOf } from './covariance-root.ts';

/** The residuals of the training rows: what a residual is compared with. */
export interface ResidualMoments {
  /** [values]: their mean. */
  readonly mean: readonly number[];
  /** [values]: their standard deviation. */
  readonly std: readonly number[];
  /** The lower triangle of their covariance by rows: 1, 2, …, values numbers; null where rows are too wide for one. */
  readonly covariance: readonly (readonly number[])[] | null;
}

/** This share of the mean variance is added to each variance, so that columns which follow from others do no harm. */
const RIDGE = 1e-3;

/** Residuals of all columns that are reconstructed without error: any other than these is infinitely far. */
const LEAST_VARIANCE = 1e-12;

export interface ResidualDistance {
  /**
   * The squared distance of each residual, divided by the number of values: about 1 on average for the training rows.
   * @param residuals [n, values]: x − x̂, scaled as the model's input is.
   */
  scores(residuals: Float32Array): Float64Array;
  /**
   * The share of each value in the score of its row: [n, values]. The shares of a row add up to its score; that of a value
   * which agrees better with the others than expected is below 0.
   */
  contributions(residuals: Float32Array): Float64Array;
}

/** Mahalanobis' distance from given residuals; without a covariance, the distance in standard deviations of each value. */
export function residualDistance({ mean, std, covariance }: ResidualMoments): ResidualDistance {
  const size = mean.length;
  const variances = std.map((value) => value ** 2);
  const ridge = Math.max(LEAST_VARIANCE, (RIDGE * variances.reduce((sum, value) => sum + value, 0)) / size);
  const solve =
    covariance === null
      ? (row: Float64Array) => row.map((value, i) => value / (variances[i]! + ridge))
      : solver(
          rootOf(covariance.map((row, i) => row.map((value, j) => (i === j ? value + ridge : value)))),
          size,
        );
  const contributions = (residuals: Float32Array) => {
    const shares = new Float64Array(residuals.length);
    const row = new Float64Array(size);
    for (let start = 0; start < residuals.length; start += size) {
      for (let i = 0; i < size; i++) row[i] = residuals[start + i]! - mean[i]!;
      const solved = solve(row);
      for (let i = 0; i < size; i++) shares[start + i] = (row[i]! * solved[i]!) / size;
    }
    return shares;
  };
  return {
    contributions,
    scores(residuals) {
      const shares = contributions(residuals);
      return Float64Array.from({ length: residuals.length / size }, (_, n) =>
        shares.subarray(n * size, (n + 1) * size).reduce((sum, value) => sum + value, 0),
      );
    },
  };
}

/** Solves L Lᵀ y = x for y, with L lower triangular, [size, size]. Both loops go along the rows of L. */
const solver = (root: Float64Array, size: number) => (row: Float64Array) => {
  const y = row.slice();
  for (let i = 0; i < size; i++) {
    let rest = y[i]!;
    for (let k = 0; k < i; k++) rest -= root[i * size + k]! * y[k]!;
    y[i] = rest / root[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const own = y[i]! / root[i * size + i]!;
    y[i] = own;
    for (let k = 0; k < i; k++) y[k]! -= root[i * size + k]! * own;
  }
  return y;
};
