/**
 * What a corruption of images is: what a denoising autoencoder gets to see. Its settings and its graph are separate tables, as
 * those of codes.
 */
import type * as z from 'zod/mini';
import type { Sym } from '../../graph/index.ts';
import type { Network } from '../../nn/index.ts';
import type { ImageShape } from '../image-shape.ts';

export interface AnyCorruption {
  type: string;
}

/** The settings of a corruption, and what it is limited to. */
export interface CorruptionFacts<Config extends AnyCorruption = AnyCorruption> {
  /** `corruption.type` in a recipe. */
  readonly type: Config['type'];
  /** The settings; their `type` is a literal. */
  readonly schema: z.core.$ZodObject;
  /** Whether what happens to one image depends on the other images of the batch: then a batch is never divided. */
  readonly couplesImages: boolean;
  /** Whether it is only defined for values from 0 to 1; if absent, for all. */
  readonly unitRange?: true;
  /** Whether it is for images alone, and not for the rows of a table; if absent, for both. */
  readonly imagesOnly?: true;
  /**
   * Whether it changes a small part of an image: the error of a reconstruction everywhere else may then be more than the corruption,
   * and says nothing of whether it was removed.
   */
  readonly isLocal?: true;
  /** As a reader says it: "Gaussian noise, σ 0.4". */
  words(config: Config): string;
}

/** The graph of a corruption. */
export interface CorruptionBuilder<Config extends AnyCorruption = AnyCorruption> {
  /** That of its {@link CorruptionFacts}. */
  readonly type: Config['type'];
  /**
   * The corrupted samples, [N, values] like `image`, in [0, 1] where `unitRange` is set; random numbers come from
   * `net.random`. `shape` is that of one sample.
   */
  apply(net: Network, image: Sym, config: Config, shape: ImageShape): Sym;
}

/** Both: the record of an extension. */
export type CorruptionKind<Config extends AnyCorruption = AnyCorruption> = CorruptionFacts<Config> &
  CorruptionBuilder<Config>;

/** A share in percent, as "12.5 %". */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
