/** Scores of rows, and what each value adds to them. */
import { anomalyScores, type ScoreKind } from './anomaly-score.ts';
import type { ResidualDistance } from './residual-distance.ts';

/** Scores of rows of one kind. */
export interface RowScores {
  /** [n] */
  scores: Float64Array;
  /** [n, values]: what each value adds to the score of its row by the kinds `distance` and `mean`; else its squared error. */
  contributions: Float64Array;
}

/**
 * Scores rows of one kind.
 * @param x the rows, [n, size], scaled as the model's input is. @param y their reconstructions.
 * @param distance needed for the kind `distance` alone.
 */
export function rowScores(
  kind: ScoreKind,
  x: Float32Array,
  y: Float32Array,
  size: number,
  distance: ResidualDistance | null,
): RowScores {
  const residuals = x.map((value, i) => value - y[i]!);
  if (kind === 'distance') {
    if (distance === null) throw new Error('the score distance needs the residuals of training rows');
    const contributions = distance.contributions(residuals);
    return { scores: sumsOf(contributions, size), contributions };
  }
  const contributions = Float64Array.from(residuals, (residual) => residual ** 2 / size);
  if (kind === 'mean') return { scores: sumsOf(contributions, size), contributions };
  const shape = { channels: 1, height: 1, width: size };
  return { scores: anomalyScores(x, y, shape, [kind])[kind], contributions };
}

/** The sum of each row. */
function sumsOf(values: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(values.length / size);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / size)]! += values[i]!;
  return sums;
}
