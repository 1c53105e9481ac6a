/** What a penalty is: a part of the loss that shapes the code or the weights. */
import type * as z from 'zod';
import type { Sym } from '../../graph/index.ts';
import type { Network } from '../../nn/index.ts';
import type { CodeTraits } from '../codes/index.ts';

export interface PenaltyKind<Settings extends { weight: number } = { weight: number }> {
  /** Its name below `penalties` in a recipe, and that of its part of the loss. */
  readonly type: string;
  /** As a reader sees it: of the part "L1 of the code", in a sentence "L1 penalty". */
  readonly partName: string;
  readonly noun: string;
  /** The settings, `weight` among them; a recipe without them does not have the penalty. */
  readonly schema: z.ZodObject;
  /** What it is, for the schema. */
  readonly summary: string;
  /**
   * Whether what one image adds depends on the other images of the batch, as with a mean activation over the batch:
   * then a batch is never divided.
   */
  readonly couplesImages: boolean;
  /** Whether its gradient costs so much that a batch is best divided between threads. */
  readonly isHeavy: boolean;
  /** Whether its number is a sum over each image: next to a mean over pixels it weighs far too much. */
  readonly isPerImage: boolean;
  /** If it can shrink a code to nothing: its place among those that can, the likeliest first. */
  readonly shrinksCode: number | null;
  /** Whether it wants units that rest. */
  readonly wantsSparse: boolean;
  /** Whether a model gives up reconstruction for it, so that it need not beat PCA. */
  readonly costsReconstruction: boolean;
  /**
   * Whether it lowers the norm of the encoder's Jacobian, ∂code/∂image. An evaluation then measures that norm, and the
   * weight follows the images: the less they differ, the less it may weigh.
   */
  readonly lowersJacobian: boolean;
  /** Its definition with unit and what it is summed over, the same for an axis, and the scalar. */
  part(net: Network, settings: Settings, model: Penalised): { definition: string; unit: string; symbol: Sym };
  /** @throws HourglassError if it does not fit the model. */
  check?(settings: Settings, model: PenalisedTraits): void;
}

/** What penalties look at: the model as it is built so far. */
export interface Penalised {
  /** What the encoder's first layer takes, [N, values]. */
  image: Sym;
  /** The code without sampling, [N, units]. */
  code: Sym;
  /** The code as the decoder takes it, [N, units]: with sampling and dropout. */
  decoded: Sym;
  /** What the decoder makes of it, [N, values]. */
  output: Sym;
}

/** What a model has, for a penalty that does not fit all. */
export interface PenalisedTraits {
  code: CodeTraits & { type: string };
  /** A layer of the encoder through which images of a batch see each other, if there is one. */
  coupling: string | undefined;
  /** The same of the decoder. */
  decoderCoupling: string | undefined;
}
