/**
 * One number for how badly an image is reconstructed, from its map of squared errors. The error of a pixel is the mean of
 * (x − x̂)² over its channels.
 */

/** The kinds of anomaly score, in the order in which they are listed. */
export const SCORE_KINDS = ['mean', 'max', 'top1%', 'smoothed-max'] as const;
/** A kind of anomaly score; {@link SCORE_KIND_DEFINITIONS} defines each. */
export type ScoreKind = (typeof SCORE_KINDS)[number];

/** `mean` finds images that are odd as a whole; the others find small defects, which a mean over all pixels hides. */
export const SCORE_KIND_DEFINITIONS: Readonly<Record<ScoreKind, string>> = {
  mean: 'mean over all values of an image (channels · height · width, in [0, 1]) of (x − x̂)²',
  max: 'largest squared error of a pixel, (x − x̂)² averaged over its channels, x in [0, 1]',
  'top1%':
    'mean of the largest 1 % of the squared errors of pixels (one at least), averaged over channels, x in [0, 1]',
  'smoothed-max':
    'largest value of the map of squared errors of pixels, averaged over channels, after a Gaussian filter with σ = 1/64 of the shorter side (1 pixel at least), x in [0, 1]',
};

export interface MapShape {
  channels: number;
  height: number;
  width: number;
}

/**
 * The score of each image, [n], from squared errors [n, channels, height, width].
 */
export function errorScores(squared: Float32Array, shape: MapShape, kind: ScoreKind): Float64Array {
  const { channels, height, width } = shape;
  const plane = height * width;
  const size = channels * plane;
  const scores = new Float64Array(squared.length / size);
  const map = new Float64Array(plane);
  for (let n = 0; n < scores.length; n++) {
    map.fill(0);
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < plane; i++) map[i]! += squared[n * size + c * plane + i]! / channels;
    scores[n] = SCORES[kind](map, shape);
  }
  return scores;
}

type Score = (map: Float64Array, shape: MapShape) => number;

const largest: Score = (map) => map.reduce((most, value) => Math.max(most, value), 0);

const SCORES: Readonly<Record<ScoreKind, Score>> = {
  mean: (map) => map.reduce((sum, value) => sum + value, 0) / map.length,
  max: largest,
  'top1%': (map) => {
    const count = Math.max(1, Math.round(map.length / 100));
    const sorted = map.slice().sort();
    return sorted.subarray(map.length - count).reduce((sum, value) => sum + value, 0) / count;
  },
  'smoothed-max': (map, shape) => largest(smoothed(map, shape), shape),
};

/**
 * A Gaussian filter along the rows and the columns; at the edges its weights are scaled to a sum of 1. Columns are filtered
 * a row at a time, as the values lie in memory.
 */
function smoothed(map: Float64Array, { height, width }: MapShape): Float64Array {
  const sigma = Math.max(1, Math.min(height, width) / 64);
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
