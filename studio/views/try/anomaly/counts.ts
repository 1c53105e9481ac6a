/** How a threshold sorts images of known classes. */
import { auroc } from '../../../../src/metrics/roc.ts';

/** The classes that count as normal are chosen by the user; all others are unusual. */
export interface Scored {
  readonly scores: ArrayLike<number>;
  /** The class of each image as a position. */
  readonly labels: ArrayLike<number>;
}

export interface Counts {
  /** Unusual and flagged. */
  readonly found: number;
  /** Unusual and not flagged. */
  readonly missed: number;
  /** Normal and flagged. */
  readonly falseAlarms: number;
  /** Normal and not flagged. */
  readonly passed: number;
}

/** An image is flagged if its score is above the threshold. */
export function countsAt({ scores, labels }: Scored, normal: ReadonlySet<number>, threshold: number): Counts {
  let [found, missed, falseAlarms, passed] = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const flagged = scores[i]! > threshold;
    if (normal.has(labels[i]!)) flagged ? falseAlarms++ : passed++;
    else flagged ? found++ : missed++;
  }
  return { found, missed, falseAlarms, passed };
}

/** The area under the ROC curve; null unless there are images of both kinds. */
export function aurocOf({ scores, labels }: Scored, normal: ReadonlySet<number>): number | null {
  const unusual = Uint8Array.from(labels, (label) => (normal.has(label) ? 0 : 1));
  const count = unusual.reduce((sum, each) => sum + each, 0);
  if (count === 0 || count === unusual.length) return null;
  return auroc(Float64Array.from(scores), unusual);
}
