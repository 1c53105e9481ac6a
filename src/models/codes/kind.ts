/**
 * What a kind of code is: its settings and what it has, and how it is built. The rest of the program asks for what a code
 * has (a prior, a variance, a range), never for its name. The two are separate tables, because only training builds codes:
 * programs that use models do not load the builders.
 */
import type * as z from 'zod/mini';
import type { Sym } from '../../graph/index.ts';
import type { ActivationName, InitialiserName, Network, NormalCode } from '../../nn/index.ts';
import type { Output } from '../output.ts';
import type { PartSymbol } from '../part.ts';

/** Settings of any kind of code. */
export interface AnyCode {
  type: string;
}

/** The settings of a kind of code, and what it has. */
export interface CodeFacts<Config extends AnyCode = AnyCode> {
  /** `model.code.type` in a recipe. */
  readonly type: Config['type'];
  /** The settings; their `type` is a literal. */
  readonly schema: z.core.$ZodObject;
  /** Whether the code of one image depends on the other images of the batch: then a batch is never divided. */
  readonly couplesImages: boolean;
  traits(config: Config): OwnTraits;
  /** What new codes can be drawn from; null if the code has no prior. */
  readonly prior: PriorFacts | null;
  /** The same where it depends on the settings. */
  priorOf?(config: Config): PriorFacts;
  /** The outputs of the shipped encoder next to `code`, by name; `make` gives their symbols. */
  readonly outputs: Readonly<Record<string, EncoderOutput>>;
  /** Whether training and validation decode a sample of each image's distribution of codes. */
  readonly isSampled: boolean;
  /** Its parts of the loss by name, as a reader sees them: { klDivergence: 'KL divergence' }. */
  readonly partNames: Readonly<Record<string, string>>;
  /** Settings that are allowed but usually a mistake, in sentences, for a run's header. */
  notes?(config: Config): string[];
  /** Weights that begin as training images; null if there are none. */
  startImages?(config: Config): StartImages | null;
  /** @throws HourglassError if an objective or a model's layers do not fit it. */
  check?(config: Config, objective: ObjectiveOf): void;
}

/** A tensor of weights, [count, values], whose rows begin as training images, as far as there are so many. */
export interface StartImages {
  /** Its name among the weights of a model. */
  weight: string;
  count: number;
  /** The weight of a pixel's value. */
  of(value: number): number;
}

/** What a code may ask of the model and the loss that it is in. */
export interface ObjectiveOf {
  loss: { type: string; reduction: 'mean' | 'sum'; weight: number };
  /** The losses that are likelihoods. */
  likelihoods: readonly string[];
  /** The type of a layer in which images of a batch see each other; undefined where there is none. */
  coupling: { encoder: string | undefined; decoder: string | undefined };
  model: CodedModel;
}

/** What else the model has, and its penalties. */
export interface CodedModel {
  readonly encoder: readonly unknown[];
  readonly decoder: readonly unknown[];
  readonly output: { readonly type: string; readonly activation: ActivationName; readonly bias: boolean };
  readonly tied: boolean;
  readonly centre: boolean;
  /** The types of the penalties that are set. */
  readonly penalties: readonly string[];
}

/** How a kind of code is built. */
export interface CodeBuilder<Config extends AnyCode = AnyCode> {
  /** That of its {@link CodeFacts}. */
  readonly type: Config['type'];
  /**
   * Builds the code of `h`, what the encoder's layers end in: [N, features], or maps. Takes its parameters, states and
   * random numbers from `net`; there is no noise in mode `infer`.
   */
  make(net: Network, h: Sym, config: Config, context: { initialiser: InitialiserName }): Code;
  /** What the decoder's layers take of a code; the code itself unless given. */
  embed?(net: Network, code: Sym, config: Config): Sym;
  /** Where it has the output layer's part itself: what goes into the output's activation, [N, values], of what `embed` gives. */
  output?(net: Network, code: Sym, config: Config, values: number): Sym;
  /** How codes are drawn from its prior; null if the code has none. */
  readonly prior: PriorBuilder<Config> | null;
}

/** Both: the record of an extension. */
export type CodeKind<Config extends AnyCode = AnyCode> = CodeFacts<Config> & CodeBuilder<Config>;

/** A code as a graph: what the decoder takes, and what a loss needs of it. */
export interface Code {
  /** The decoder's input: a sample of a variational code in training and validation, otherwise its mean. */
  readonly value: Sym;
  /** Rows of `value` for each image, those of one image side by side; 1 unless given. */
  readonly rows?: number;
  /** The same before dropout and sampling: what penalties look at. */
  readonly plain: Sym;
  /** q(z | x), where each image has a distribution of codes. */
  readonly posterior?: Posterior;
  /** The encoder's further outputs, as {@link CodeFacts.outputs} names them: one row per image, of any type. */
  readonly outputs?: Readonly<Record<string, Sym>>;
  /** Its own parts of the loss, built after the decoder; each names what it adds with `net.within`. */
  parts?(net: Network, model: BuiltModel): PartSymbol[];
}

/** The model that a code is in, for its parts of the loss. */
export interface BuiltModel {
  /** The clean images, [N, values]. */
  readonly image: Sym;
  /** What the decoder gives of this code. */
  readonly output: Output;
  /** The classes of the images of a conditional model, one-hot [N, classes]. */
  readonly condition: Sym | undefined;
  /**
   * The model's encoder and decoder, for other images [M, values] and codes [M, units] than those of the batch. A conditional
   * model takes them for those of the batch's classes, unless it is given others, [M, classes].
   */
  encode(image: Sym, condition?: Sym): Code;
  decode(code: Sym, condition?: Sym): Output;
  /**
   * ln p(x | z) of each row of the code's value, in nats, summed over pixels.
   * @throws RangeError if the loss is no likelihood.
   */
  logLikelihood(): Sym;
  /** What a prior asks of it. */
  readonly prior: PriorModel;
}

/** A normal distribution of each unit of an image's code. */
export interface Posterior extends NormalCode {
  /** KL(q(z | x) ‖ p(z)) of each image, [N], in nats; absent where it has no closed form. */
  kl?(): Sym;
}

/** What codes are drawn from, as a sentence and a fact. */
export interface PriorFacts {
  /** As a sentence says it: "N(0, I)". */
  readonly name: string;
  /** Whether it is N(0, I): its noise is then the code itself. */
  readonly isStandardNormal: boolean;
}

/** How codes are drawn. */
export interface PriorBuilder<Config extends AnyCode = AnyCode> {
  /** Numbers of noise for one code of `units`. */
  noiseUnits(config: Config, units: number): number;
  /** Codes [N, units] drawn with standard normal noise [N, noiseUnits]. */
  sample(net: Network, noise: Sym, config: Config, model: PriorModel): Sym;
  /** ln p(z) of codes [rows, units], [rows], in nats. */
  logDensity(net: Network, z: Sym, config: Config, model: PriorModel): Sym;
}

/** The model that a prior is of. */
export interface PriorModel {
  /** Values of an image, and units of a code. */
  readonly values: number;
  readonly units: number;
  /** The model's encoder, for images [K, values] of the prior's own, as it is shipped: without noise. */
  encode(net: Network, image: Sym): Code;
}

export interface EncoderOutput {
  /** What a row of it is: "the logarithm of the variance of the code". */
  readonly words: string;
  /** Whether it is float32 [N, units], one number for each unit of the code. */
  readonly perUnit: boolean;
}

/** What a code of given settings has, as plain data. */
export interface OwnTraits {
  /** Whether each image has a distribution of codes, of which its code is the mean. */
  hasVariance: boolean;
  /** What the information in a code costs; null if nothing does. */
  rate: Rate | null;
  /** What its units were put through; null if it is not known. */
  activation: ActivationName | null;
  /** The least and the greatest value that a unit can have, if it is bounded by design. */
  range: readonly [number, number] | null;
  /** Whether it is one dense layer, so that a tied decoder can have its weight, transposed. */
  isDense: boolean;
  /** Its settings that are counted in epochs, as `kl.warmup`: they follow the length of a training. */
  inEpochs: readonly string[];
  /** Whether most of its units are 0 for each image, and the others above 0: units are then counted by how often they are. */
  isSparse?: boolean;
  /** Whether it has a bias of its own, instead of `model.centre`, which begins at the mean of the training samples. */
  beginsAtMean?: boolean;
  /** The few values that a code can have; absent or null if it can have any. */
  symbols?: Symbols | null;
  /** Codes that training and validation decode for each image; 1 unless given. */
  codesPerImage?: number;
  /** What it is trained against; absent or null if nothing. */
  opponent?: Opponent | null;
}

/** A discriminator that a code is trained against. */
export interface Opponent {
  /** Its part of the loss, in nats. */
  part: string;
  /** Its settings in a recipe, with `weight` and `width` in them. */
  settings: string;
  weight: number;
  /** Its loss where it cannot tell anything. */
  chance: number;
}

/** The values of a quantised code. */
export interface Symbols {
  /** What has one of them: a unit is one of so many numbers, a position one of so many vectors. */
  each: 'unit' | 'position';
  /** How many there are. */
  count: number;
  /** Numbers in a vector; 1 unless given. */
  width?: number | undefined;
  /** Vectors of one position, each out of a codebook of its own: a code has those of the first stage, then those of the next. */
  stages?: number | undefined;
}

/** A part of the loss that grows with what a code tells of its image, in nats. */
export interface Rate {
  /** The part's name, and its settings in a recipe: `model.code.kl`, with `weight` and `warmup` in it. */
  part: string;
  settings: string;
  weight: number;
  warmup: number;
  /** Nats of an image that are counted whether they are used or not. */
  free: number;
  /** Whether weight and warm-up cannot be set: the loss is then a bound only with a weight of 1. */
  isFixed?: boolean;
}

/** All that a program asks of a code without its graph. */
export interface CodeTraits extends OwnTraits {
  prior: PriorTraits | null;
  symbols: Symbols | null;
  isSparse: boolean;
  beginsAtMean: boolean;
}

/** What codes of a model can be drawn from, as plain data. */
export interface PriorTraits {
  /** As a sentence says it: "N(0, I)". */
  name: string;
  /** Whether it is N(0, I). */
  isStandardNormal: boolean;
}
