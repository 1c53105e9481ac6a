/** How well a score tells two kinds apart, over all thresholds. */
import { HourglassError } from '../errors.ts';

export const AUROC_DEFINITION =
  'area under the ROC curve: how likely an anomalous image has a higher score than a normal one, equal scores as half ' +
  '(Mann–Whitney); 1 is perfect, 0.5 is chance';

/**
 * AUROC by ranks: (Σ ranks of the positive − p (p + 1) / 2) / (p n), with the mean rank where scores are equal
 * (Mann & Whitney, 1947; Hanley & McNeil, 1982). O(n log n).
 * @param scores any numbers but NaN; a higher one speaks for positive.
 * @param positive whether each is, 1 or 0, as many.
 * @throws HourglassError (data) unless there are some of both kinds, or if a score is NaN.
 */
export function auroc(scores: Float64Array, positive: Uint8Array): number {
  if (scores.length !== positive.length)
    throw new RangeError(`AUROC: ${scores.length} scores and ${positive.length} kinds`);
  const odd = scores.findIndex(Number.isNaN);
  if (odd >= 0) {
    throw new HourglassError('data', {
      subject: 'AUROC',
      rule: `scores must be numbers, score ${odd} is not`,
    });
  }
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
  let [rankSum, positives] = [0, 0];
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && scores[order[end]!] === scores[order[first]!]) end++;
    // Ranks first + 1 … end, each counted as their mean.
    const rank = (first + 1 + end) / 2;
    for (let i = first; i < end; i++) {
      if (positive[order[i]!] === 0) continue;
      positives++;
      rankSum += rank;
    }
    first = end;
  }
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new HourglassError('data', {
      subject: 'AUROC',
      rule: 'needs normal and anomalous images',
      got: `${negatives} normal and ${positives} anomalous`,
    });
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
