/** Thresholds of a model by its statistics, and what they say of a score, in words. */
import type { PageModel } from 'hourglass/web';
import { levelOfQuantile } from '../../../src/metrics/false-alarms.ts';
import { levelOf, quantileOf } from '../../../src/metrics/quantiles.ts';
import type { SampleKind } from '../../../src/studio/protocol.ts';

const SCORE_KINDS = ['mean', 'max', 'top1%', 'smoothed-max', 'ssim', 'ssim-top1%', 'ssim-max'] as const;
const ROW_SCORE_KINDS = ['distance', 'mean', 'max', 'top1%'] as const;
export type ScoreKind = (typeof SCORE_KINDS)[number] | (typeof ROW_SCORE_KINDS)[number];

/** The kinds of scores that images, or rows, have. */
export const kindsFor = (samples: SampleKind): readonly ScoreKind[] =>
  samples === 'row' ? ROW_SCORE_KINDS : SCORE_KINDS;

/** As a list of choices shows them. */
export const SCORE_WORDS: Readonly<Record<ScoreKind, string>> = {
  distance: 'distance of the residual from those of the training rows',
  mean: 'mean of (x − x̂)²: images that are odd as a whole',
  max: 'largest (x − x̂)² of a pixel: the smallest defects, and noise',
  'top1%': 'mean of the largest 1 %: small defects',
  'smoothed-max': 'largest after a Gaussian filter: small defects, less noise',
  ssim: 'mean of 1 − SSIM: another structure all over',
  'ssim-top1%': 'mean of the largest 1 % of 1 − SSIM: small defects in structure',
  'ssim-max': 'largest 1 − SSIM after a Gaussian filter: small defects in structure',
};

/** The scores of the images that were held out of training. */
export interface HeldOut {
  readonly images: number;
  /** At 0, 0.001, …, 1. */
  readonly quantiles: readonly number[];
}

/** The held-out scores of a kind; null for a model whose files have none. */
export function heldOutOf({ statistics }: Pick<PageModel, 'statistics'>, kind: ScoreKind): HeldOut | null {
  if (statistics === null) return null;
  const { scores } = statistics;
  const quantiles = kind === 'mean' ? scores.quantiles : scores.others?.[kind]?.quantiles;
  return quantiles === undefined ? null : { images: scores.images, quantiles };
}

export const DEFAULT_QUANTILE = 0.99;

/** The threshold that the command and the library take at this quantile. */
export const thresholdAt = ({ images, quantiles }: HeldOut, quantile = DEFAULT_QUANTILE): number =>
  quantileOf(quantiles, levelOfQuantile(images, quantile));

export const shareBelow = ({ quantiles }: HeldOut, threshold: number): number =>
  levelOf(quantiles, threshold);

export const short = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));

export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** What a score means. */
export function verdictOf(score: number, held: HeldOut | null, threshold: number | null): string {
  if (held === null || threshold === null) {
    return `Score ${short(score)}. The model's files have no scores of held-out images, so there is no threshold to compare it with.`;
  }
  const share = percent(shareBelow(held, threshold));
  return score > threshold
    ? `Unusual: score ${short(score)} is above ${short(threshold)}, which ${share} of held-out images stay below.`
    : `Like the training images: score ${short(score)} is not above ${short(threshold)}, which ${share} of held-out images stay below.`;
}
