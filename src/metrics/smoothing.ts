/** Smoothing of maps of anomaly scores. */
import { type MapShape, sideSeen } from './filters.ts';

/**
 * A Gaussian filter along the rows and the columns, its σ a share of the shorter side; at the edges its weights are scaled to a sum of 1. Columns are filtered
 * a row at a time, as the values lie in memory.
 */
export function smoothed(map: Float64Array, shape: Omit<MapShape, 'channels'>, share = 1 / 64): Float64Array {
  const { height, width } = shape;
  const sigma = Math.max(1, sideSeen(shape) * share);
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const from = (i: number) => Math.max(0, i - reach);
  const to = (i: number, length: number) => Math.min(length - 1, i + reach);
  /** The sum of the weights that lie within a line of this length, at each of its places. */
  const sums = (length: number) =>
    Float64Array.from({ length }, (_, i) => {
      let sum = 0;
      for (let k = from(i); k <= to(i, length); k++) sum += weights[k - i + reach]!;
      return sum;
    });
  const [acrossSums, downSums] = [sums(width), sums(height)];
  const across = new Float64Array(map.length);
  for (let x = 0; x < width; x++) {
    const [first, last, offset] = [from(x), to(x, width), reach - x];
    for (let start = 0; start < map.length; start += width) {
      let sum = 0;
      for (let k = first; k <= last; k++) sum += weights[k + offset]! * map[start + k]!;
      across[start + x] = sum / acrossSums[x]!;
    }
  }
  const down = new Float64Array(map.length);
  for (let y = 0; y < height; y++) {
    const line = down.subarray(y * width, (y + 1) * width);
    for (let k = from(y); k <= to(y, height); k++) {
      const weight = weights[k - y + reach]!;
      const start = k * width;
      for (let x = 0; x < width; x++) line[x]! += weight * across[start + x]!;
    }
    for (let x = 0; x < width; x++) line[x]! /= downSums[y]!;
  }
  return down;
}
