/// <reference lib="esnext.disposable" preserve="true" />
/** What a trained model is to those who use it. */
import type { WholePreprocessing } from '../data/images/preprocessing.ts';
import type { Diagnosis } from '../diagnosis/index.ts';
import type { FloatArray } from '../engine/index.ts';
import type { CorruptionConfig, ImageShape, PriorTraits } from '../models/index.ts';
import type { Tiles } from '../samples/index.ts';
import type { ConditionInfo, Told } from './classes.ts';
import type { ImageValues } from './given-arrays.ts';
import type { Posterior, PosteriorDraws } from './posterior.ts';
import type { Quantised } from './quantised.ts';
import type { RowInfo, RowValues } from './rows.ts';
import type { Autoregressive } from './samplers/autoregressive.ts';
import type { Samplers } from './samplers/samplers.ts';
import type { Statistics } from './statistics.ts';

/** What a model was trained on, and for what. */
export interface ModelInfo {
  /** The name of its recipe. */
  recipe: string;
  /** The name of the data set it was trained on. */
  dataset: string;
  /** The size and colours of its images. */
  image: ImageShape;
  /** The columns of a model of rows, which is then an image of one line; null for a model of images. */
  rows: RowInfo | null;
  /** Numbers in a code. */
  codeUnits: number;
  /** What codes can be drawn from; null if the code has no prior. */
  prior: PriorTraits | null;
  /** Whether the code is a variational one: each image has a distribution of codes, and `encode` gives its mean. */
  hasVariance: boolean;
  /** Whether `posterior` gives that distribution: the encoder has the output `logVariance`, which an old one may lack. */
  givesVariance: boolean;
  /** The classes that a conditional model is told; null for a model that is told nothing. */
  condition: ConditionInfo | null;
  /** What was done to training images before the encoder saw them. */
  corruption: CorruptionConfig;
  /** The metadata in its files; docs/formats.md describes the keys. */
  metadata: Readonly<Record<string, string>>;
  /** How images of any size and colour are converted to its input. */
  preprocessing: WholePreprocessing;
  /** The windows through which it sees pictures, whose size `image` then is; absent if it sees them whole. */
  tiles?: Tiles;
}

/** A trained model, loaded. Calls may overlap; each takes any number of images, and memory stays flat. */
export interface Model {
  /** What it was trained on, and for what. */
  readonly info: ModelInfo;
  /** Scores of held-out images and the codes' statistics; null for a model without `statistics.json`. */
  readonly statistics: Statistics | null;
  /** What was fitted to its codes after the training, to draw new ones from; null for a model without `samplers.json`. */
  readonly samplers: Samplers | null;
  /** The whole numbers that its codes are, as `encodeIntegers` gives them. Absent for codes that are not quantised. */
  readonly quantised?: Quantised;
  /** A prior over these whole numbers that was fitted after the training, to draw new codes from. Absent without `autoregressive.onnx`. */
  readonly autoregressive?: Autoregressive;
  /** The diagnosis from the evaluation after its training; null if it is not known, as for a single ONNX file. */
  readonly diagnosis: Diagnosis | null;
  /** For a model that sees pictures through tiles: the same model on tiles alone, which have codes. Absent for others. */
  readonly ofTiles?: Model;
  /**
   * Codes, [n, units], of images given as bytes (0 to 255) or as floats in [0, 1]: n · channels · height ·
   * width of them, image after image; or of rows in the units of their columns, for a model of rows. The array is copied
   * before the call returns.
   * @throws HourglassError of kind `usage` for other arrays, values out of range, and a model that was disposed of; `data` for
   * incomplete images.
   * @param told the classes of the images, which a conditional model needs, here and below.
   */
  encode(images: ImageValues | RowValues, told?: Told): Promise<FloatArray>;
  /**
   * The distribution of codes of each image: mean and log-variance.
   * @throws HourglassError of kind `usage` for a model that is not variational, or without the variance in its encoder.
   */
  posterior(images: ImageValues | RowValues, told?: Told): Promise<Posterior>;
  /**
   * Codes, [n, count, units], drawn from the distribution of each image, z = μ + σ ε: the same for the same seed, count and
   * positions.
   * @throws HourglassError of kind `usage` as `posterior` does.
   */
  drawPosterior(images: ImageValues | RowValues, draws?: PosteriorDraws & Told): Promise<FloatArray>;
  /**
   * Images, [n, channels, height, width] in [0, 1], of n codes one after the other; copied like images. A model of rows gives
   * rows, [n, columns], in the units of their columns.
   */
  decode(codes: Float32Array, told?: Told): Promise<FloatArray>;
  /**
   * Codes, [count, units], drawn from the prior of the code: the same for the same seed.
   * @param first the position of the first one in the seed's sequence. Default 0.
   * @throws HourglassError of kind `usage` for a model whose code has no prior.
   */
  draw(count: number, seed: number, first?: number): Promise<FloatArray>;
  /** decode(encode(images)), [n, channels, height, width], or [n, columns] of rows. */
  reconstruct(images: ImageValues | RowValues, told?: Told): Promise<FloatArray>;
  /** Frees the model once the calls in progress have ended; later calls are refused. May be called again. */
  dispose(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
