/** What a reconstruction loss is: its formula for each pixel, in words and in symbols, and what it assumes. */
import type * as z from 'zod';
import type { Sym } from '../../graph/index.ts';
import type { ActivationName, Network } from '../../nn/index.ts';
import type { ImageShape } from '../image-shape.ts';
import type { Output } from '../output.ts';

/** Settings of any loss; a kind's own are next to these. */
export interface AnyLoss {
  type: string;
  /** Over the pixels of an image; over the images of a batch it is always the mean. */
  reduction: 'mean' | 'sum';
}

export interface LossKind<Settings extends object = object> {
  /** `loss.type` in a recipe. */
  readonly type: string;
  /** In a few words, for the schema: "squared error". */
  readonly summary: string;
  /** Settings of its own, all optional: other losses do not have them. */
  readonly settings: z.ZodRawShape;
  /** Whether the loss of one image depends on the other images of the batch: then a batch is never divided. */
  readonly couplesImages: boolean;
  /** Whether it is only defined for values from 0 to 1; if absent, for all. */
  readonly unitRange?: true;
  /** Whether it is for images alone, and not for the rows of a table; if absent, for both. */
  readonly imagesOnly?: true;
  /** Whether it compares the structure around pixels, and not pixels one by one: then anomalies are scored so as well. */
  readonly comparesStructure?: true;
  /** What is averaged or summed over pixels: "squared error". */
  words(settings: Settings): string;
  /** The same on an axis, for the mean and for the sum over pixels: ["MSE", "SE"]. */
  readonly axis: readonly [mean: string, sum: string];
  readonly unit: 'nats' | null;
  /**
   * The terms of the loss: one per pixel, [N, values], or, where it is computed in one step, their sum for each image, [N].
   * `shape` is that of one image.
   */
  terms(net: Network, output: Output, target: Sym, settings: Settings, shape: ImageShape): Sym;
  /** What takes the place of images [N, values], for the encoder too, in training and validation; themselves if absent. */
  target?(net: Network, image: Sym, settings: Settings): Sym;
  /** If the loss is −ln p(x | z): what the pixels are. Null if it is no likelihood. */
  readonly likelihood: Likelihood | null;
  /** Whether images are binarised in training by these settings: the likelihood of held-out ones is then of such, too. */
  binarises?(settings: Settings): boolean;
  /** The one picture that has the least loss against many images: it is what a model gives that ignores its code. */
  readonly bestConstant: 'mean' | 'median';
  /** @throws HourglassError if it does not fit the model. */
  check?(settings: Settings, model: { output: { activation: ActivationName } }): void;
}

/** A distribution of each pixel given the code. */
export interface Likelihood {
  /** "Bernoulli", "Gaussian". */
  readonly name: string;
  /** Whether pixels are 0 or 1 (grey values then stand for probabilities), or grey values. */
  readonly pixels: 'binary' | 'grey';
}
