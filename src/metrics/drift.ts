/** Whether scores of later samples lie as those of the samples held out of training. */
import { countAbove, levelOf, quantileOf } from './quantiles.ts';

export interface Drift {
  /** The share of the scores above the threshold. */
  above: number;
  /** The same share of the held-out scores. */
  expected: number;
  /** The median of the scores over that of the held-out scores. */
  medianRatio: number;
  /** The largest difference of their cumulative distributions (Kolmogorov–Smirnov), 0 to 1. */
  distance: number;
  /** The distance above which the difference is not chance, at a level of 1 %. */
  critical: number;
}

/**
 * @param quantiles of the held-out scores, at even steps from 0 to 1.
 * @param heldOut how many they are.
 */
export function driftOf(
  scores: Float64Array,
  quantiles: readonly number[],
  heldOut: number,
  threshold: number,
): Drift {
  const sorted = scores.slice().sort();
  const n = sorted.length;
  let distance = 0;
  let above = 0;
  for (const [i, score] of sorted.entries()) {
    if (score > threshold) above++;
    const level = levelOf(quantiles, score);
    distance = Math.max(distance, Math.abs(level - i / n), Math.abs(level - (i + 1) / n));
  }
  const median = n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2;
  return {
    above: above / n,
    expected: countAbove(quantiles, heldOut, threshold) / heldOut,
    medianRatio: median / (quantileOf(quantiles, 0.5) || Number.MIN_VALUE),
    distance,
    // The asymptotic critical value; what the table of quantiles rounds off is a thousandth.
    critical: 1.628 * Math.sqrt((n + heldOut) / (n * heldOut)) + 1 / (quantiles.length - 1),
  };
}

/** In one sentence. */
export function describeDrift({ above, expected, medianRatio, distance, critical }: Drift): string {
  const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
  const facts = `${percent(above)} of the scores are above the threshold, ${percent(expected)} of the held-out ones; the median is ${Number(medianRatio.toPrecision(3))} times theirs`;
  return distance <= critical
    ? `no drift: ${facts}`
    : `drift: the scores differ from the held-out ones (Kolmogorov–Smirnov distance ${Number(distance.toPrecision(2))}, by chance up to ${Number(critical.toPrecision(2))}): ${facts}`;
}
