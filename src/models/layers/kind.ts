/** What a kind of layer is: its settings, how it is built, and what the rest of the program must know of it. */
import type * as z from 'zod';
import type { Sym } from '../../graph/index.ts';
import type { InitialiserName, Network } from '../../nn/index.ts';

export interface AnyLayer {
  type: string;
}

export interface LayerKind<Settings extends AnyLayer = AnyLayer> {
  /** `type` of an entry of `model.encoder` and `model.decoder`; parameters are named after it: `dense1.weight`. */
  readonly type: Settings['type'];
  /** The settings; their `type` is a literal. */
  readonly schema: z.ZodObject;
  /** What it takes: rows [N, features], maps [N, channels, height, width], or either. */
  readonly takes: 'rows' | 'maps' | 'either';
  /** Whether it is for maps alone, as a convolution: no dense layer can stand in its place. */
  readonly isSpatial: boolean;
  /** What one of its units sees of its input, if it has weights: all of it, or a window. */
  readonly sees: 'all' | 'window' | null;
  /**
   * Whether images of a batch see each other in it, as by statistics of the batch: such a batch is never divided, and
   * has two images or more.
   */
  readonly couplesImages: boolean;
  /** Builds it on `x`; parameters, states and masks come from `net`, which has its place and name. */
  apply(net: Network, x: Sym, settings: Settings, context: LayerContext): Sym;
  /** It in a few letters, as `conv32@3`; null if it keeps the shape. */
  short(settings: Settings): string | null;
  /** What it divides height and width by. */
  divides(settings: Settings): number;
  /** What it multiplies height and width by; 1 if it is left out. */
  multiplies?(settings: Settings): number;
}

export interface LayerContext {
  initialiser: InitialiserName;
  /** For a dense layer with tied weights: the path of the layer whose weight, transposed, it has. */
  tiedTo: string | undefined;
}
