import type { Sym } from '../graph/index.ts';

/** What a decoder gives: the image, and what went into its output activation. */
export interface Output {
  /** [N, pixels], after the output activation. */
  readonly image: Sym;
  /** [N, pixels], before it: for a sigmoid, the logits. */
  readonly preActivation: Sym;
}
