/** Anomalies: images that a model reconstructs badly, because they differ from what it was trained on. */

import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import {
  anomalyScores,
  imageErrors,
  requireScoreKind,
  rowScores,
  SCORE_KIND_DEFINITIONS,
  type ScoreKind,
} from '../../metrics/index.ts';
import type { Told } from '../classes.ts';
import { type ImageValues, imagesOf } from '../given-arrays.ts';
import { mapShape } from '../map-shape.ts';
import { type Model, scaled } from '../model.ts';
import { reconstructedAsNearest } from '../nearest-class.ts';
import { type RowValues, rowsOf, scaledRows } from '../rows.ts';
import { defaultScoreOf, requireDistance } from '../statistics.ts';
import { anomalyThreshold, thresholdQuantile } from './threshold.ts';

/** The definition of the default score of models that were not trained to compare structure. */
export const SCORE_DEFINITION = SCORE_KIND_DEFINITIONS.mean;

/** Which score, and above which threshold an image is flagged. */
export interface AnomalyOptions extends Told {
  /**
   * How the errors of a sample become one number: see {@link SCORE_KIND_DEFINITIONS}. Default: the model's own, which is
   * `distance` for rows, `ssim-max` if it was trained with the loss `ssim`, else `mean`.
   */
  score?: ScoreKind;
  /** The threshold is this quantile of the scores of held-out images, 0 to 1. Default 0.99. */
  quantile?: number;
  /**
   * The threshold is where this share of samples like the held-out ones is flagged without cause, on average; above 0, below 1.
   * Instead of a quantile.
   */
  falseAlarms?: number;
  /** The threshold itself, instead of a quantile. */
  threshold?: number;
  /** Whether the map that each image's score is taken from is given, too; default false. Rows have none. */
  maps?: boolean;
}

/** Scores of images, and where they differ from what the model knows. */
export interface Anomalies {
  /** The kind of the scores. */
  score: ScoreKind;
  /** [n], by {@link SCORE_KIND_DEFINITIONS}. */
  scores: Float64Array;
  /** Whether each score is above the threshold. */
  flagged: boolean[];
  /** The score above which an image is flagged. */
  threshold: number;
  /** |x − x̂|, [n, channels, height, width]; of rows [n, columns], scaled as the network sees them. */
  masks: FloatArray;
  /**
   * With the option `maps`: where each image differs by its score, [n, height, width]. A score `max`, `smoothed-max` or `ssim-max`
   * is the largest value of its map, so a pixel above the threshold flags the image. Absent for rows.
   */
  maps?: FloatArray;
  /** x̂, [n, channels, height, width]; of rows [n, columns], in the units of the columns. */
  reconstructions: FloatArray;
  /**
   * For rows: what each column adds to its row's score, [n, columns]; with the scores `distance` and `mean` they add up to
   * it. By `distance` a column that agrees with the others better than expected adds less than 0. Absent for images.
   */
  contributions?: FloatArray;
}

/**
 * Scores images, flags those above the threshold and shows where they differ.
 *
 * @throws HourglassError of kind `usage` for a bad score, quantile, rate of false alarms or threshold, and values out of range;
 * `run` for a threshold by quantile or by such a rate without statistics; `data` for incomplete images, and for a score that is not finite.
 *
 * @example
 * ```ts
 * import { anomaly, loadModel, openDataset } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * const { test } = await openDataset('mnist-10k');
 * const { scores, flagged } = await anomaly(model, test.images.subarray(0, 10 * 784), { score: 'max' });
 * console.log(scores.length, flagged.filter(Boolean).length);
 * ```
 */
export async function anomaly(
  model: Model,
  given: ImageValues | RowValues,
  options: AnomalyOptions = {},
): Promise<Anomalies> {
  const { score = defaultScoreOf(model.statistics) } = options;
  requireScoreKind(score, model.info.rows === null ? 'image' : 'row');
  const { channels, height, width } = model.info.image;
  const { rows } = model.info;
  const images = rows === null ? imagesOf(given, [channels, height, width]) : rowsOf(given, rows.columns);
  const threshold =
    options.threshold ?? anomalyThreshold(model, thresholdQuantile(model, options, score), score);
  if (!(Number.isFinite(threshold) && threshold >= 0)) {
    throw new HourglassError('usage', {
      subject: 'threshold',
      rule: 'must be a number, 0 or more',
      got: String(threshold),
    });
  }
  // Before the model runs: a score may need what came with it.
  const distance = score === 'distance' ? requireDistance(model) : null;
  const { classes } = options;
  const reconstructions =
    classes === undefined
      ? await reconstructedAsNearest(model, images)
      : await model.reconstruct(images, { classes });
  const masks = new Float32Array(images.length);
  const size = images.length / reconstructions.shape[0]!;
  const [ours, theirs] =
    rows === null
      ? [images, reconstructions.data]
      : [scaledRows(rows, images as Float32Array), scaledRows(rows, reconstructions.data)];
  const means = imageErrors(ours, theirs, size, { masks });
  requireFinite(means, rows === null ? 'image' : 'row');
  const ofRows = rows === null ? null : rowScores(score, ours as Float32Array, theirs, size, distance);
  const kind = score === 'distance' ? 'mean' : score;
  const maps = ofRows === null && options.maps ? new Float32Array(images.length / channels) : null;
  const scores =
    ofRows?.scores ??
    // The means are known.
    (kind === 'mean' && maps === null
      ? means
      : anomalyScores(scaled(ours), theirs, mapShape(model), [kind], maps && { kind, values: maps })[kind]);
  return {
    score,
    scores,
    flagged: Array.from(scores, (value) => value > threshold),
    threshold,
    masks: { data: masks, shape: reconstructions.shape },
    ...(maps && { maps: { data: maps, shape: [scores.length, height, width] } }),
    reconstructions,
    ...(ofRows === null
      ? {}
      : {
          contributions: { data: Float32Array.from(ofRows.contributions), shape: reconstructions.shape },
        }),
  };
}

/** @throws HourglassError for a score that is not finite: no comparison with a threshold would flag it. */
function requireFinite(scores: Float64Array, sample: 'image' | 'row'): void {
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong < 0) return;
  throw new HourglassError('data', {
    subject: `${sample} ${wrong}`,
    rule: 'has no score: the model computes values for it that are not finite',
    got: String(scores[wrong]),
    hint: 'check the weights of the model: they may be damaged or have diverged',
  });
}
