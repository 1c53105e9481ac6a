/**
 * One number for how badly a sample is reconstructed. Most kinds of score come from a map of an image's pixels, of squared
 * errors or of structure that differs: a record says which map, and how it becomes one number. `distance` is for rows alone
 * and needs the residuals of training rows: residual-distance.ts computes it.
 */
import { HourglassError } from '../errors.ts';
import { dissimilarityMap } from './dissimilarity.ts';
import { levelled } from './edges.ts';
import type { MapShape } from './filters.ts';
import { smoothed } from './smoothing.ts';

interface ScoreRecord {
  /** What the score is, in words. */
  readonly definition: string;
  /** The same on an axis. */
  readonly axis: string;
  /** Whether it is for images alone: the columns of a row have no neighbours. */
  readonly imagesOnly: boolean;
  /** What the score of a row is, in words; absent where it is for images alone. */
  readonly ofRows?: string;
  /** The map of an image whose pixels it scores, [height, width]. */
  map(maps: ImageMaps): Float64Array;
  reduce(map: Float64Array): number;
}

/** Whether a score is the largest value of its map: the threshold then says of each pixel whether it is anomalous. */
export const isLargestOfMap = (kind: ScoreKind): boolean =>
  kind !== 'distance' && RECORDS[kind].reduce === largest;

/** A kind of score that comes from a map of an image, or from the squared errors of a row. */
export type MapScoreKind = Exclude<ScoreKind, 'distance'>;

const ERROR = 'the squared error of a pixel, (x − x̂)² averaged over its channels, x in [0, 1]';
const FILTER = 'after a Gaussian filter with σ = 1/64 of the shorter side (1 pixel at least)';
const SSIM =
  '1 − SSIM of a pixel (Gaussian window of 11 × 11, σ 1.5, K₂ 0.1), mean over channels and over up to three scales, each half as large; near the edges brought down to the level of the inside';

const largest = (map: Float64Array): number => map.reduce((most, value) => Math.max(most, value), 0);

const average = (map: Float64Array): number => map.reduce((sum, value) => sum + value, 0) / map.length;

/** The mean of the largest 1 %, one value at least. */
function topOf(map: Float64Array): number {
  const count = Math.max(1, Math.round(map.length / 100));
  return average(
    map
      .slice()
      .sort()
      .subarray(map.length - count),
  );
}

const RECORDS: Readonly<Record<MapScoreKind, ScoreRecord>> = {
  mean: {
    definition: 'mean over all values of an image (channels · height · width, in [0, 1]) of (x − x̂)²',
    axis: 'mean of (x − x̂)² over the values of an image',
    imagesOnly: false,
    ofRows: 'mean over the scaled values of a row of (x − x̂)²',
    map: ({ errors }) => errors,
    reduce: average,
  },
  max: {
    definition: `largest value of ${ERROR}`,
    axis: 'largest (x − x̂)² of a pixel',
    imagesOnly: false,
    ofRows: 'largest (x − x̂)² of the scaled values of a row',
    map: ({ errors }) => errors,
    reduce: largest,
  },
  'top1%': {
    definition: `mean of the largest 1 % (one at least) of ${ERROR}`,
    axis: 'mean of the largest 1 % of (x − x̂)²',
    imagesOnly: false,
    ofRows: 'mean of the largest 1 % (one at least) of (x − x̂)² of the scaled values of a row',
    map: ({ errors }) => errors,
    reduce: topOf,
  },
  'smoothed-max': {
    definition: `largest value of ${ERROR}, ${FILTER}`,
    axis: 'largest (x − x̂)² after a Gaussian filter',
    imagesOnly: true,
    map: (maps) => maps.smoothedErrors,
    reduce: largest,
  },
  ssim: {
    definition: `mean over all pixels of ${SSIM}`,
    axis: 'mean of 1 − SSIM',
    imagesOnly: true,
    map: ({ dissimilarity }) => dissimilarity,
    reduce: average,
  },
  'ssim-top1%': {
    definition: `mean of the largest 1 % (one at least) of ${SSIM}`,
    axis: 'mean of the largest 1 % of 1 − SSIM',
    imagesOnly: true,
    map: ({ dissimilarity }) => dissimilarity,
    reduce: topOf,
  },
  'ssim-max': {
    definition: `largest value of ${SSIM}, after a Gaussian filter with σ = 1/128 of the shorter side (1 pixel at least)`,
    axis: 'largest 1 − SSIM after a Gaussian filter',
    imagesOnly: true,
    map: (maps) => maps.smoothedDissimilarity,
    reduce: largest,
  },
};

/** A kind of anomaly score; {@link SCORE_KIND_DEFINITIONS} defines each. */
export type ScoreKind =
  | 'mean'
  | 'max'
  | 'top1%'
  | 'smoothed-max'
  | 'ssim'
  | 'ssim-top1%'
  | 'ssim-max'
  | 'distance';

const MAP_KINDS = Object.keys(RECORDS) as readonly MapScoreKind[];

/** The kinds of anomaly score, in the order in which they are listed. */
export const SCORE_KINDS = [...MAP_KINDS, 'distance'] as readonly ScoreKind[] as readonly [
  ScoreKind,
  ...ScoreKind[],
];

const DISTANCE =
  "squared Mahalanobis distance of a row's residual x − x̂ from those of the training rows, divided by the number of values: about 1 for rows like these";

const each = <V>(of: (record: ScoreRecord) => V) =>
  Object.fromEntries(MAP_KINDS.map((kind) => [kind, of(RECORDS[kind])])) as Record<MapScoreKind, V>;

/** `mean` finds images that are odd as a whole; the others find small defects, which a mean over all pixels hides. */
export const SCORE_KIND_DEFINITIONS: Readonly<Record<ScoreKind, string>> = {
  ...each(({ definition }) => definition),
  distance: DISTANCE,
};

/** The definition of a kind of score, in the words that fit the samples. */
export const scoreDefinition = (kind: ScoreKind, samples: 'image' | 'row'): string =>
  (samples === 'row' && kind !== 'distance' ? RECORDS[kind].ofRows : undefined) ??
  SCORE_KIND_DEFINITIONS[kind];

/** The same on an axis, as "largest (x − x̂)² of a pixel". */
export const SCORE_KIND_AXES: Readonly<Record<ScoreKind, string>> = {
  ...each(({ axis }) => axis),
  distance: 'squared distance of the residual, divided by the values of a row',
};

/** The kinds of score for images. */
export const IMAGE_SCORE_KINDS = MAP_KINDS as readonly [MapScoreKind, ...MapScoreKind[]];

/** The kinds of score of rows that need nothing but the row and its reconstruction. */
const ROW_MAP_SCORES: readonly MapScoreKind[] = MAP_KINDS.filter((kind) => !RECORDS[kind].imagesOnly);

/** The kinds that are defined for samples. */
export const scoreKindsFor = (samples: 'image' | 'row'): readonly ScoreKind[] =>
  samples === 'image' ? IMAGE_SCORE_KINDS : ['distance', ...ROW_MAP_SCORES];

/** The maps of one image and its reconstruction, [height, width], each computed when it is first asked for. */
export class ImageMaps {
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  private readonly shape: MapShape;
  private readonly known = new Map<string, Float64Array>();

  /** @param x the image, [channels, height, width]. @param y its reconstruction. */
  constructor(x: Float32Array, y: Float32Array, shape: MapShape) {
    this.x = x;
    this.y = y;
    this.shape = shape;
  }

  /** Squared errors, mean over channels. */
  get errors(): Float64Array {
    return this.once('errors', () => {
      const { channels, height, width } = this.shape;
      const plane = height * width;
      const map = new Float64Array(plane);
      for (let c = 0; c < channels; c++) {
        for (let i = 0; i < plane; i++)
          map[i]! += (this.x[c * plane + i]! - this.y[c * plane + i]!) ** 2 / channels;
      }
      return map;
    });
  }

  get smoothedErrors(): Float64Array {
    return this.once('smoothedErrors', () => smoothed(this.errors, this.shape));
  }

  /** 1 − SSIM, mean over channels and scales, the edges levelled. */
  get dissimilarity(): Float64Array {
    return this.once('dissimilarity', () =>
      levelled(dissimilarityMap(this.x, this.y, this.shape), this.shape),
    );
  }

  get smoothedDissimilarity(): Float64Array {
    return this.once('smoothedDissimilarity', () => smoothed(this.dissimilarity, this.shape, 1 / 128));
  }

  /** The map that a kind of score is taken from: a pixel's own score. */
  of(kind: MapScoreKind): Float64Array {
    return RECORDS[kind].map(this);
  }

  score(kind: MapScoreKind): number {
    return RECORDS[kind].reduce(this.of(kind));
  }

  private once(name: string, make: () => Float64Array): Float64Array {
    const found = this.known.get(name) ?? make();
    this.known.set(name, found);
    return found;
  }
}

/** The maps of each image of a batch, one after the other; x and y are [n, channels, height, width]. */
export function* mapsOfImages(x: Float32Array, y: Float32Array, shape: MapShape): Generator<ImageMaps> {
  const size = shape.channels * shape.height * shape.width;
  for (let start = 0; start < x.length; start += size)
    yield new ImageMaps(x.subarray(start, start + size), y.subarray(start, start + size), shape);
}

/**
 * Scores of some kinds of each image of a batch, [n] each.
 * @param keep takes the maps of one kind, [n, height, width].
 */
export function anomalyScores<K extends MapScoreKind>(
  x: Float32Array,
  y: Float32Array,
  shape: MapShape,
  kinds: readonly K[],
  keep: { kind: MapScoreKind; values: Float32Array } | null = null,
): Record<K, Float64Array> {
  const count = x.length / (shape.channels * shape.height * shape.width);
  const scores = Object.fromEntries(kinds.map((kind) => [kind, new Float64Array(count)])) as Record<
    K,
    Float64Array
  >;
  let at = 0;
  for (const maps of mapsOfImages(x, y, shape)) {
    for (const kind of kinds) scores[kind][at] = maps.score(kind);
    if (keep !== null) keep.values.set(maps.of(keep.kind), at * shape.height * shape.width);
    at++;
  }
  return scores;
}

/** @throws HourglassError (usage) for an unknown kind, or one that is not for these samples. */
export function requireScoreKind(kind: string, samples: 'image' | 'row' = 'image'): void {
  const kinds: readonly string[] = scoreKindsFor(samples);
  if (kinds.includes(kind)) return;
  throw new HourglassError('usage', {
    subject: 'score',
    rule: `must be ${kinds.join(', ')}`,
    got: String(kind),
  });
}
