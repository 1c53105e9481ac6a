/**
 * Values counted in buckets of equal width, in the form TensorBoard keeps: rows of left edge, right edge and
 * count. A pure function of the values' multiset.
 */
import { HourglassError } from '../../errors.ts';

/** TensorBoard's own default. */
export const BUCKETS = 30;

/**
 * Rows of [left edge, right edge, count], flat. Bucket i holds left ≤ value < right; the last one also its
 * right edge. Values that are not finite are left out. Values that are all the same give one row of no
 * width, no values give no row.
 */
export function countBuckets(values: Float32Array, count: number = BUCKETS): Float64Array {
  if (!Number.isInteger(count) || count < 1) {
    throw new HourglassError('usage', {
      subject: 'a histogram',
      rule: 'must have at least 1 bucket',
      got: count,
    });
  }
  let least = Infinity;
  let most = -Infinity;
  let finite = 0;
  // Indexed loops: over a million weights, iterators take three times as long.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    finite++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (finite === 0) return new Float64Array();
  if (least === most) return Float64Array.of(least, most, finite);
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => least + ((most - least) * i) / count);
  edges[count] = most;
  const counts = new Float64Array(count);
  const scale = count / (most - least);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    let bucket = Math.min(count - 1, Math.floor((value - least) * scale));
    // Rounding may miss by one bucket; the edges decide.
    if (value < edges[bucket]!) bucket--;
    else if (bucket < count - 1 && value >= edges[bucket + 1]!) bucket++;
    counts[bucket]! += 1;
  }
  const rows = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) rows.set([edges[i]!, edges[i + 1]!, counts[i]!], 3 * i);
  return rows;
}
