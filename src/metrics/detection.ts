/** How well scores find defective images: average precision, and the threshold with the best F1. */
import { HourglassError } from '../errors.ts';

/** The threshold with the best F1, and what it reaches. */
export interface BestF1 {
  /** 2 · precision · recall / (precision + recall), the highest over all thresholds. */
  f1: number;
  /** The share of what is flagged that is defective. */
  precision: number;
  /** The share of what is defective that is flagged. */
  recall: number;
  /** An image is flagged if its score is above this: halfway between two scores. */
  threshold: number;
}

export const AVERAGE_PRECISION_DEFINITION =
  'average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over thresholds, R the share of the defective images that is found, P the share of what ' +
  'is found that is defective; chance is the share of defective images';

/**
 * Average precision and the best F1 of scores, by thresholds at each of them.
 * @param positive whether each is defective, 1 or 0, as many.
 * @throws HourglassError (data) unless there is one of both kinds.
 */
export function precisionOf(
  scores: Float64Array,
  positive: Uint8Array,
): { averagePrecision: number; bestF1: BestF1 } {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const positives = positive.reduce((sum, is) => sum + is, 0);
  if (positives === 0 || positives === scores.length) {
    throw new HourglassError('data', {
      subject: 'average precision',
      rule: 'needs normal and defective images',
      got: `${scores.length - positives} normal and ${positives} defective`,
    });
  }
  let [found, averagePrecision] = [0, 0];
  let bestF1: BestF1 = { f1: 0, precision: 0, recall: 0, threshold: Number.POSITIVE_INFINITY };
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    const before = found;
    for (; i < order.length && scores[order[i]!] === score; i++) found += positive[order[i]!]!;
    const precision = found / i;
    averagePrecision += ((found - before) / positives) * precision;
    const recall = found / positives;
    const f1 = (2 * precision * recall) / (precision + recall || 1);
    if (f1 > bestF1.f1) {
      const next = i < order.length ? scores[order[i]!]! : 0;
      bestF1 = { f1, precision, recall, threshold: (score + next) / 2 };
    }
  }
  return { averagePrecision, bestF1 };
}
