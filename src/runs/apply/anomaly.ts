/** Odd images: those that a model, which knows only what it was trained on, reconstructs badly. */
import { HourglassError } from '../../errors.ts';
import { quantileOf } from '../../metrics/index.ts';
import type { FloatArray } from '../../runtime/arrays.ts';
import { type ImageValues, imagesOf } from '../given-arrays.ts';
import { type Model, SCALED } from '../model.ts';
import { requireStatistics } from './statistics.ts';

export const SCORE_DEFINITION =
  'mean over all values of an image (channels · height · width, in [0, 1]) of (x − x̂)²';

/** Held-out images that a threshold lets pass, by default. */
export const DEFAULT_QUANTILE = 0.99;

export interface AnomalyOptions {
  /** The threshold is this quantile of the scores of held-out images, 0 to 1. Default 0.99. */
  quantile?: number;
  /** The threshold itself, instead. */
  threshold?: number;
}

export interface Anomalies {
  /** [n]: {@link SCORE_DEFINITION}. */
  scores: Float64Array;
  /** Whether each score is above the threshold. */
  flagged: boolean[];
  threshold: number;
  /** |x − x̂|, [n, channels, height, width]. */
  masks: FloatArray;
  /** x̂, [n, channels, height, width]. */
  reconstructions: FloatArray;
}

/**
 * The score above which an image is flagged: the quantile of the scores of the images held out of training
 * (`statistics.scores.split`), so that about 1 − quantile of images like them are flagged without cause.
 * @throws HourglassError where the quantile is not in [0, 1], or the model has no statistics.
 */
export function anomalyThreshold(model: Model, quantile = DEFAULT_QUANTILE): number {
  if (!(quantile >= 0 && quantile <= 1)) {
    throw new HourglassError('usage', {
      subject: 'quantile',
      rule: 'must be from 0 to 1',
      got: String(quantile),
    });
  }
  return quantileOf(requireStatistics(model, 'a threshold by quantile').scores.quantiles, quantile);
}

/**
 * Scores images, flags those above the threshold and says where they differ.
 * @throws HourglassError for a bad quantile or threshold, a threshold by quantile without statistics, images that are not
 * as they must be, and a score that is not finite.
 */
export async function anomaly(
  model: Model,
  given: ImageValues,
  options: AnomalyOptions = {},
): Promise<Anomalies> {
  const { channels, height, width } = model.info.image;
  const images = imagesOf(given, [channels, height, width]);
  const threshold = options.threshold ?? anomalyThreshold(model, options.quantile);
  if (!(Number.isFinite(threshold) && threshold >= 0)) {
    throw new HourglassError('usage', {
      subject: 'threshold',
      rule: 'must be a number, 0 or more',
      got: String(threshold),
    });
  }
  const reconstructions = await model.reconstruct(images);
  const masks = new Float32Array(images.length);
  const scores = imageScores(images, reconstructions.data, images.length / reconstructions.shape[0]!, masks);
  requireScores(scores);
  return {
    scores,
    flagged: Array.from(scores, (score) => score > threshold),
    threshold,
    masks: { data: masks, shape: reconstructions.shape },
    reconstructions,
  };
}

/** @throws HourglassError for a score that is not finite: no comparison with a threshold would flag it. */
function requireScores(scores: Float64Array): void {
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong < 0) return;
  throw new HourglassError('data', {
    subject: `image ${wrong}`,
    rule: 'has no score: the model computes values for it that are not finite',
    got: String(scores[wrong]),
    hint: 'check the weights of the model: they may be damaged or have diverged',
  });
}

/** The score of each of some images [n, pixels] against others in [0, 1]; how far each value is off goes to `masks`. */
export function imageScores(
  images: Uint8Array | Float32Array,
  others: Float32Array,
  pixels: number,
  masks?: Float32Array,
): Float64Array {
  const scores = new Float64Array(images.length / pixels);
  const isBytes = images instanceof Uint8Array;
  for (let n = 0; n < scores.length; n++) {
    let sum = 0;
    for (let i = n * pixels, end = i + pixels; i < end; i++) {
      const difference = (isBytes ? SCALED[images[i]!]! : images[i]!) - others[i]!;
      sum += difference * difference;
      if (masks !== undefined) masks[i] = Math.abs(difference);
    }
    scores[n] = sum / pixels;
  }
  return scores;
}
