/** Thresholds of anomaly scores, from the scores of what was held out of training. */
import { HourglassError } from '../../errors.ts';
import {
  countAbove,
  type FalseAlarms,
  falseAlarmsOf,
  levelForFalseAlarms,
  levelOfQuantile,
  quantileOf,
  quantileOfLevel,
  requireScoreKind,
  type ScoreKind,
} from '../../metrics/index.ts';
import type { Model } from '../model.ts';
import {
  defaultScoreOf,
  type HeldOutScores,
  heldOutScores,
  QUANTILES,
  requireScores,
} from '../statistics.ts';

/** The default share of held-out images that a threshold lets pass. */
export const DEFAULT_QUANTILE = 0.99;

/**
 * The score above which an image is flagged: the quantile of the scores of the images held out of training
 * (`statistics.scores.split`), estimated so that 1 − quantile of images like them are flagged without cause on average.
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
  return thresholdOf(requireScores(model, score, 'a threshold from a quantile'), quantile);
}

/** The threshold at a quantile of held-out scores. */
export const thresholdOf = ({ images, quantiles }: HeldOutScores, quantile = DEFAULT_QUANTILE): number =>
  quantileOf(quantiles, levelOfQuantile(images, quantile));

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
 * The quantile that a threshold is asked for by: as it is given, or by a rate of false alarms; then the next one above of those
 * that are kept, since a score between two of them is not known.
 * @throws HourglassError (usage) if both are given, and for a rate that the held-out samples cannot tell.
 */
export function thresholdQuantile(
  model: Model,
  { quantile, falseAlarms }: { quantile?: number; falseAlarms?: number },
  score: ScoreKind = defaultScoreOf(model.statistics),
): number {
  if (falseAlarms === undefined) return quantile ?? DEFAULT_QUANTILE;
  if (quantile !== undefined) {
    throw new HourglassError('usage', {
      subject: 'falseAlarms',
      rule: 'must be given without a quantile: both set the threshold',
      got: `quantile ${quantile}`,
    });
  }
  const { images } = requireScores(model, score, 'a threshold from a rate of false alarms');
  const steps = QUANTILES - 1;
  // Rounding must not take a whole number up by one.
  const level = Math.ceil(levelForFalseAlarms(images, falseAlarms) * steps - 1e-9) / steps;
  return quantileOfLevel(images, level);
}

/**
 * How often a threshold flags samples like those held out of training, with its 95 % confidence interval; null for a model
 * without statistics of that score. Of more than 1,001 held-out samples 1,001 quantiles are kept, so it is an estimate then.
 *
 * @example
 * ```ts
 * import { falseAlarmsAbove, loadModel } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * const alarms = falseAlarmsAbove(model, 0.05);
 * if (alarms !== null) console.log(`${100 * alarms.rate} %, at most ${100 * alarms.high} %`);
 * ```
 */
export function falseAlarmsAbove(
  model: Pick<Model, 'statistics'>,
  threshold: number,
  score: ScoreKind = defaultScoreOf(model.statistics),
): FalseAlarms | null {
  const held = heldOutScores(model.statistics, score);
  if (held === null) return null;
  const { images, quantiles } = held;
  return falseAlarmsOf(countAbove(quantiles, images, threshold), images);
}

/** For people, as a sentence without a capital. */
export function falseAlarmsText(
  { rate, low, high, samples }: FalseAlarms,
  sample: 'image' | 'row' = 'image',
): string {
  const percent = (share: number) => String(Number((100 * share).toPrecision(2)));
  if (rate === 0)
    return `none of the ${samples.toLocaleString('en')} held-out ${sample}s is above the threshold: at most ${percent(high)} % of similar ${sample}s are flagged without cause, with 95 % confidence`;
  return `about ${percent(rate)} % of similar ${sample}s are flagged without cause (${percent(low)} to ${percent(high)} % with 95 % confidence, by ${samples.toLocaleString('en')} held-out ${sample}s)`;
}
