/** Anomalies: images that a model reconstructs badly, because they differ from what it was trained on. */

import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import {
  anomalyScores,
  imageErrors,
  quantileOf,
  type RowScores,
  requireScoreKind,
  rowScores,
  SCORE_KIND_DEFINITIONS,
  type ScoreKind,
} from '../../metrics/index.ts';
import { type ImageValues, imagesOf } from '../given-arrays.ts';
import { type Model, scaled } from '../model.ts';
import { type RowValues, rowsOf, scaledRows } from '../rows.ts';
import { defaultScoreOf, type HeldOutScores, requireDistance, requireScores } from '../statistics.ts';

/** The definition of the default score of models that were not trained to compare structure. */
export const SCORE_DEFINITION = SCORE_KIND_DEFINITIONS.mean;

/** The default share of held-out images that a threshold lets pass. */
export const DEFAULT_QUANTILE = 0.99;

/** Which score, and above which threshold an image is flagged. */
export interface AnomalyOptions {
  /**
   * How the errors of a sample become one number: see {@link SCORE_KIND_DEFINITIONS}. Default: the model's own, which is
   * `distance` for rows, `ssim-max` if it was trained with the loss `ssim`, else `mean`.
   */
  score?: ScoreKind;
  /** The threshold is this quantile of the scores of held-out images, 0 to 1. Default 0.99. */
  quantile?: number;
  /** The threshold itself, instead of a quantile. */
  threshold?: number;
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
  /** x̂, [n, channels, height, width]; of rows [n, columns], in the units of the columns. */
  reconstructions: FloatArray;
  /**
   * For rows: what each column adds to its row's score, [n, columns]; with the scores `distance` and `mean` they add up to
   * it. By `distance` a column that agrees with the others better than expected adds less than 0. Absent for images.
   */
  contributions?: FloatArray;
}

/**
 * The score above which an image is flagged: the quantile of the scores of the images held out of training
 * (`statistics.scores.split`), so that about 1 − quantile of images like them are flagged without cause.
 *
 * @throws HourglassError of kind `usage` if the quantile is not in [0, 1], `run` if the model has no statistics of that
 * score.
 *
 * @example
 * ```ts
 * import { anomalyThreshold, loadModel } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * console.log(anomalyThreshold(model, 0.95)); // one in twenty images like the held-out ones is above
 * ```
 */
export function anomalyThreshold(
  model: Model,
  quantile = DEFAULT_QUANTILE,
  score: ScoreKind = defaultScoreOf(model.statistics),
): number {
  if (!(quantile >= 0 && quantile <= 1)) {
    throw new HourglassError('usage', {
      subject: 'quantile',
      rule: 'must be from 0 to 1',
      got: String(quantile),
    });
  }
  requireScoreKind(score, model.info.rows === null ? 'image' : 'row');
  return quantileOf(requireScores(model, score, 'a threshold from a quantile').quantiles, quantile);
}

/** With fewer held-out images than this, a quantile near 1 is unreliable. */
const FEW = 100;

/**
 * A note on a threshold from a quantile: how unreliable it is if few images were held out, or null if there are
 * enough. The most extreme quantile that n images resolve is 1 − 1/n.
 * @param sample what was held out, for the words of the note.
 */
export function thresholdNote(
  held: Pick<HeldOutScores, 'images'>,
  quantile: number,
  sample: 'image' | 'row' = 'image',
): string | null {
  const { images } = held;
  if (images >= FEW && images * (1 - quantile) >= 1) return null;
  const resolved = 1 - 1 / images;
  const held_out = `only ${images} ${sample}${images === 1 ? ' was' : 's were'} held out of training`;
  return quantile > resolved
    ? `${held_out}: they resolve quantiles up to ${Number(resolved.toFixed(4))}, so the ${quantile} quantile is about the largest of their scores, and how many normal ${sample}s it flags is not known; hold out more ${sample}s or set the threshold yourself`
    : `${held_out}: the ${quantile} quantile rests on few of them, and may flag more or fewer normal ${sample}s than it says`;
}

/**
 * Scores images, flags those above the threshold and shows where they differ.
 *
 * @throws HourglassError of kind `usage` for a bad score, quantile or threshold, and values out of range; `run` for a threshold by
 * quantile without statistics; `data` for incomplete images, and for a score that is not finite.
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
  const threshold = options.threshold ?? anomalyThreshold(model, options.quantile, score);
  if (!(Number.isFinite(threshold) && threshold >= 0)) {
    throw new HourglassError('usage', {
      subject: 'threshold',
      rule: 'must be a number, 0 or more',
      got: String(threshold),
    });
  }
  // Before the model runs: a score may need what came with it.
  const distance = score === 'distance' ? requireDistance(model) : null;
  const reconstructions = await model.reconstruct(images);
  const masks = new Float32Array(images.length);
  const size = images.length / reconstructions.shape[0]!;
  const [ours, theirs] =
    rows === null
      ? [images, reconstructions.data]
      : [scaledRows(rows, images as Float32Array), scaledRows(rows, reconstructions.data)];
  const means = imageErrors(ours, theirs, size, { masks });
  requireFinite(means, rows === null ? 'image' : 'row');
  const ofRows = rows === null ? null : rowScores(score, ours as Float32Array, theirs, size, distance);
  const scores = ofRows?.scores ?? imageScores();
  return {
    score,
    scores,
    flagged: Array.from(scores, (value) => value > threshold),
    threshold,
    masks: { data: masks, shape: reconstructions.shape },
    reconstructions,
    ...contributionsOf(ofRows),
  };

  function imageScores(): Float64Array {
    if (score === 'mean' || score === 'distance') return means;
    return anomalyScores(scaled(ours), theirs, model.info.image, [score])[score];
  }

  function contributionsOf(found: RowScores | null): Pick<Anomalies, 'contributions'> {
    if (found === null) return {};
    return {
      contributions: { data: Float32Array.from(found.contributions), shape: reconstructions.shape },
    };
  }
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
