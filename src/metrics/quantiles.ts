/** Quantiles of a sample, by linear interpolation between order statistics (Hyndman and Fan's type 7, NumPy's default). */

/** The quantiles at 0, 1/(points − 1), …, 1: the least value first, the greatest last. */
export function quantileTable(values: ArrayLike<number>, points: number): number[] {
  const sorted = Float64Array.from(values).sort();
  return Array.from({ length: points }, (_, i) => quantileOf(sorted, i / (points - 1)));
}

/** The quantile at `level`, 0 to 1, of ascending values: a sample, or a table of its quantiles. */
export function quantileOf(sorted: ArrayLike<number>, level: number): number {
  const at = level * (sorted.length - 1);
  // Levels as 0.99 of 1,001 points are meant to hit one: rounding must not take them between two.
  const near = Math.round(at);
  if (Math.abs(at - near) < 1e-9) return sorted[near]!;
  const below = Math.floor(at);
  return sorted[below]! + (at - below) * (sorted[below + 1]! - sorted[below]!);
}

/** The share of the sample below `value`, 0 to 1, from a table of its quantiles: the inverse of {@link quantileOf}. */
export function levelOf(table: ArrayLike<number>, value: number): number {
  const last = table.length - 1;
  if (value < table[0]!) return 0;
  if (value >= table[last]!) return 1;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle]! <= value) low = middle;
    else high = middle;
  }
  return (low + (value - table[low]!) / (table[high]! - table[low]!)) / last;
}

/** How many of a sample of `count` values are above `value`, from a table of its quantiles: of a large sample an estimate. */
export const countAbove = (table: ArrayLike<number>, count: number, value: number): number =>
  value < table[0]! ? count : Math.round((count - 1) * (1 - levelOf(table, value)));
