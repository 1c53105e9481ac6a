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

/** A Gaussian filter along the rows and the columns; at the edges its weights are scaled to a sum of 1. */
function smoothed(map: Float64Array, { height, width }: MapShape): Float64Array {
  const sigma = Math.max(1, Math.min(height, width) / 64);
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const along = (from: Float64Array, lines: number, length: number, line: number, step: number) => {
    const to = new Float64Array(from.length);
    for (let l = 0; l < lines; l++) {
      for (let i = 0; i < length; i++) {
        let [sum, weight] = [0, 0];
        for (let k = Math.max(0, i - reach); k <= Math.min(length - 1, i + reach); k++) {
          const w = weights[k - i + reach]!;
          sum += w * from[l * line + k * step]!;
          weight += w;
        }
        to[l * line + i * step] = sum / weight;
      }
    }
    return to;
  };
  return along(along(map, height, width, width, 1), width, height, 1, width);
}
