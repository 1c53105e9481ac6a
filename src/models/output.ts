import type { Sym } from '../graph/index.ts';

/** What a decoder gives: the image, and what went into its output activation. */
export interface Output {
  /** [N, values], after the output activation. */
  readonly image: Sym;
  /** [N, values], before it: for a sigmoid, the logits. */
  readonly preActivation: Sym;
}
