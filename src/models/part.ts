/** The parts of a loss: what each is in words, and its symbol. */
import type { Sym } from '../graph/index.ts';

/** A part of the loss, by itself: the reconstruction, or a penalty. */
export interface LossPart {
  /** As `reconstruction`; the total is always called `loss`. */
  name: string;
  /** The number's definition: what it measures, summed or averaged, in which unit. */
  definition: string;
  /** The same in a few letters, as an axis needs it: "MAE per pixel". */
  unit: string;
  /** What it is multiplied by in the total. */
  weight: number;
}

export interface PartSymbol extends LossPart {
  symbol: Sym;
  /**
   * Whether what one image adds depends on the other images of the batch, as with a mean activation over the batch.
   * Such a batch is never divided: the sum over its shares would be another number, with other gradients.
   */
  couplesImages: boolean;
  /** The weight in training, where it changes in its course. */
  scheduled?: Sym;
}

/** What each part is, one after the other, with weights other than 1: "0.95 · squared error, … + 0.05 · …". */
export function describeParts(parts: readonly LossPart[]): string {
  return parts
    .map(({ definition, weight }) => (weight === 1 ? definition : `${weight} · ${definition}`))
    .join(' + ');
}
