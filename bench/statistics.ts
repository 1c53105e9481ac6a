/** Medians, quartiles and paired ratios. */

export interface Spread {
  median: number;
  /** Quartiles. */
  low: number;
  high: number;
  min: number;
  max: number;
}

/** The value below which a share `q` of the values lies, by linear interpolation. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    low: quantile(values, 0.25),
    high: quantile(values, 0.75),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** The spread of theirs / ours, paired by round: what the machine did in a round, it did to both. */
export function pairedRatio(theirs: readonly number[], ours: readonly number[]): Spread {
  return spread(theirs.map((other, round) => other / ours[round]!));
}
