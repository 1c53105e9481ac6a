/** Centres of rows by Lloyd's algorithm from k-means++ starts (Arthur and Vassilvitskii, 2007). */

/** Passes over all rows at most: a codebook that is learned on needs no more. */
const PASSES = 12;

export interface Centres {
  /** [centres, width]; as many as were asked for, or as rows differ. */
  centres: Float32Array;
  /** Rows of each. */
  counts: Uint32Array;
}

/**
 * @param rows [n, width].
 * @param uniform numbers in [0, 1), one for each centre: they choose the starts.
 */
export function kMeans(rows: Float32Array, width: number, uniform: Float32Array): Centres {
  const n = rows.length / width;
  const starts = startsOf(rows, width, uniform);
  const k = starts.length;
  const centres = new Float32Array(k * width);
  for (const [i, row] of starts.entries())
    centres.set(rows.subarray(row * width, (row + 1) * width), i * width);
  const nearest = new Int32Array(n).fill(-1);
  let counts = new Uint32Array(k);
  for (let pass = 0; pass < PASSES; pass++) {
    let changed = 0;
    const sums = new Float64Array(k * width);
    counts = new Uint32Array(k);
    for (let row = 0; row < n; row++) {
      const best = nearestOf(rows, row * width, centres, width);
      if (nearest[row] !== best) changed++;
      nearest[row] = best;
      counts[best]!++;
      for (let i = 0; i < width; i++) sums[best * width + i]! += rows[row * width + i]!;
    }
    if (changed === 0) break;
    for (let c = 0; c < k; c++) {
      if (counts[c] === 0) continue;
      for (let i = 0; i < width; i++) centres[c * width + i] = sums[c * width + i]! / counts[c]!;
    }
  }
  return { centres, counts };
}

/** Rows to begin at: each next one is drawn with a chance in proportion to its squared distance from those before. */
function startsOf(rows: Float32Array, width: number, uniform: Float32Array): number[] {
  const n = rows.length / width;
  const apart = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const starts: number[] = [];
  for (const number of uniform) {
    let chosen = Math.floor(number * n);
    if (starts.length > 0) {
      const total = apart.reduce((sum, distance) => sum + distance, 0);
      // Every row is a start already.
      if (!(total > 0)) break;
      let left = number * total;
      chosen = apart.findIndex((distance) => {
        left -= distance;
        return left < 0;
      });
      if (chosen < 0) chosen = apart.findLastIndex((distance) => distance > 0);
    }
    starts.push(chosen);
    for (let row = 0; row < n; row++) {
      apart[row] = Math.min(apart[row]!, distance(rows, row * width, rows, chosen * width, width));
    }
  }
  return starts;
}

function nearestOf(rows: Float32Array, at: number, centres: Float32Array, width: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let c = 0; c * width < centres.length; c++) {
    const found = distance(rows, at, centres, c * width, width);
    if (found < least) [best, least] = [c, found];
  }
  return best;
}

function distance(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += (a[i + d]! - b[j + d]!) ** 2;
  return sum;
}
