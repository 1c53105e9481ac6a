/**
 * The graphs made of one model definition: the one that is trained, the one that validates, and those that are
 * shipped (encoder, decoder, the whole autoencoder, a sampler).
 */

import { gradients } from '../autodiff/index.ts';
import {
  add,
  BATCH,
  cast,
  div,
  formatShape,
  input,
  mul,
  reshape,
  type Sym,
  sizeOfOne,
  sub,
  topologicalOrder,
  transpose,
} from '../graph/index.ts';
import { jacobianNorm, type Mode, Network, type Parameter } from '../nn/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { CODE_BUILDERS } from './codes/build/index.ts';
import { CODES, codeTraits } from './codes/index.ts';
import { conditionInput } from './condition.ts';
import { corrupt } from './corruptions/build.ts';
import type { CorruptionConfig } from './corruptions/index.ts';
import type { Definition } from './definition.ts';
import type { SamplerGraph } from './fitted/sampler-graphs.ts';
import type { ImageShape } from './image-shape.ts';
import { couplingLayer } from './layers/index.ts';
import {
  buildObjective,
  couplesImages,
  type Objective,
  type ObjectiveConfig,
  priorModel,
} from './objective.ts';
import { setPenalties } from './penalties/index.ts';

export interface ObjectiveGraph {
  net: Network;
  /** The batch, [N, values], scaled to [0, 1]. */
  image: Sym;
  /** The images' classes, one-hot [N, classes], for a conditional model. */
  condition: Sym | undefined;
  objective: Objective;
  /** Elements of the largest maps that a convolution makes from one image; 0 without convolutions. */
  largestMaps: number;
}

export interface TrainingGraph extends ObjectiveGraph {
  /** Each parameter with the gradient of the loss with respect to it. */
  gradients: { parameter: Parameter; gradient: Sym }[];
  /** Whether no image's part of the loss depends on the rest of the batch. */
  isSumOverImages: boolean;
  /** Whether it normalises by statistics of the batch: a batch of one image has none. */
  hasBatchStatistics: boolean;
  /** Whether a penalty makes a step so costly that threads had better share the images of a batch. */
  isHeavy: boolean;
}

export function objectiveGraph(definition: Definition, config: ObjectiveConfig, mode: Mode): ObjectiveGraph {
  const net = new Network(mode);
  const image = input('image', [BATCH, definition.values]);
  const condition = conditionInput(definition);
  const objective = buildObjective(net, definition, config, image, condition);
  return { net, image, condition, objective, largestMaps: largestMaps(topologicalOrder([objective.loss])) };
}

export function trainingGraph(definition: Definition, config: ObjectiveConfig): TrainingGraph {
  const graph = objectiveGraph(definition, config, 'train');
  const parameters = [...graph.net.parameters.values()];
  const found = gradients(
    graph.objective.loss,
    parameters.map(({ symbol }) => symbol),
  );
  // A state without a next value is a constant, as the mean that a centred model subtracts.
  const hasNext = [...graph.net.states.values()].some(({ next }) => next !== null);
  // A codebook that follows the batch has a next value, too, but one image is enough for it.
  const { encoder, decoder } = definition.config;
  const hasBatchStatistics = hasNext && couplingLayer([...encoder, ...decoder]) !== undefined;
  return {
    ...graph,
    gradients: parameters.map((parameter, i) => ({ parameter, gradient: found[i]! })),
    isSumOverImages: !hasNext && !couplesImages(definition.config, config, graph.objective),
    hasBatchStatistics,
    isHeavy: setPenalties(config.penalties).some(({ kind }) => kind.isHeavy),
    largestMaps: largestMaps(topologicalOrder(found)),
  };
}

function largestMaps(symbols: readonly Sym[]): number {
  const maps = symbols.filter(
    ({ op, shape }) => (op === 'Conv' || op === 'ConvTranspose') && typeof shape[0] === 'string',
  );
  // What all rows of an image have.
  const sizes = maps.map(({ shape }) => sizeOfOne(shape));
  return Math.max(0, ...sizes);
}

/** What the encoder is given of a batch of images in an evaluation. */
export function corruptionGraph(
  corruption: CorruptionConfig,
  shape: ImageShape,
): { net: Network; image: Sym; seen: Sym } {
  const net = new Network('validate');
  const image = input('image', [BATCH, shape.channels * shape.height * shape.width]);
  return { net, image, seen: corrupt(net, corruption, image, shape) };
}

/** ‖∂h/∂x‖²_F for each image, [N], for the encoder as it is shipped. */
export function jacobianGraph(definition: Definition): {
  net: Network;
  image: Sym;
  condition: Sym | undefined;
  squaredNorm: Sym;
} {
  const net = new Network('infer');
  const image = input('image', [BATCH, definition.values]);
  const condition = conditionInput(definition);
  const { value, input: first } = definition.encode(net, image, condition);
  // A constant that is subtracted changes no derivative.
  return { net, image, condition, squaredNorm: jacobianNorm(net, value, first) };
}

/** A graph from a batch to a result, with the weights and running statistics that it needs as inputs. */
export interface HalfGraph {
  from: Sym;
  /** The classes of its rows, one-hot [N, classes], for a conditional model. */
  condition: Sym | undefined;
  to: Sym;
  tensors: readonly { readonly name: string; readonly symbol: Sym; readonly shape: readonly number[] }[];
}

/** The encoder and the decoder as they are shipped, with weights that may change from run to run. */
export function halves(definition: Definition): { encoder: HalfGraph; decoder: HalfGraph } {
  const condition = conditionInput(definition);
  const half = (from: Sym, build: (net: Network) => Sym): HalfGraph => {
    const net = new Network('infer');
    const to = build(net);
    const reached = new Set(topologicalOrder([to]));
    const tensors = [...net.parameters.values(), ...net.states.values()];
    return { from, condition, to, tensors: tensors.filter(({ symbol }) => reached.has(symbol)) };
  };
  const image = input('image', [BATCH, definition.values]);
  const code = input('code', [BATCH, definition.codeUnits]);
  return {
    encoder: half(image, (net) => definition.encode(net, image, condition).value),
    decoder: half(code, (net) => definition.decode(net, code, condition).image),
  };
}

/** Weights and running statistics by name. */
export type Weights = ReadonlyMap<string, Float32Array>;

/** The models every autoencoder is shipped as. */
export const SHIPPED = ['autoencoder', 'encoder', 'decoder'] as const;
export type ShippedName = (typeof SHIPPED)[number];

/** With those that only some have: a sampler where the code has a prior to sample from. */
export const PARTS = [...SHIPPED, 'sampler'] as const;
export type PartName = (typeof PARTS)[number];

export type ShippedModels = Record<ShippedName, Uint8Array> & { sampler?: Uint8Array };

/** The second input of a conditional model's files. */
export const CLASS = 'class';

/** The scaling of columns in the graphs of rows. */
export const OFFSET = 'columns.offset';
export const SCALE = 'columns.scale';

export interface ShipOptions {
  /** For rows: their columns' scaling, which becomes a part of the graphs. */
  rows?: { readonly offset: Float32Array; readonly scale: Float32Array };
  /** Whether images are given as bytes, uint8 [N, height, width, channels], and scaled within the graph. */
  preprocess?: boolean;
  /** The version of ONNX's operator set; see OPSETS. */
  opset?: number;
  /** The version of hourglass, for the file's producer. */
  version?: string;
}

/**
 * The models that are shipped, as ONNX bytes: images as [N, channels, height, width] in [0, 1], codes as
 * [N, units], any number of rows; weights inside. Next to the code the encoder gives what its kind has: of a
 * variational code the code is the mean, and the logarithm of the variance is next to it. The sampler makes images of
 * standard normal noise: draws from the prior, decoded. Each part of a conditional model takes a class, too, one-hot
 * [N, classes]. Of rows, [N, columns] in the columns' own units: the scaling is inside.
 */
export function shippedModels(
  definition: Definition,
  shape: ImageShape,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
  options: ShipOptions = {},
): ShippedModels {
  const { preprocess = false, rows: scaling } = options;
  const { height, width, channels } = shape;
  const { ship, decoded, told, sample, outside, offset, scale } = shipping(
    definition,
    shape,
    weights,
    metadata,
    options,
  );
  const image = preprocess
    ? input('image', [BATCH, height, width, channels], 'uint8')
    : input(sample, outside);
  const code = input('code', [BATCH, definition.codeUnits]);
  const condition = told[CLASS];
  // Divided, not multiplied by 1 / 255: bit for bit what bytes / 255 is outside.
  const scaled = preprocess ? div(transpose(cast(image, 'float32'), [0, 3, 1, 2]), 255) : image;
  const rows = () =>
    scaling === undefined ? reshape(scaled, [BATCH, definition.values]) : div(sub(image, offset), scale);
  const models: ShippedModels = {
    autoencoder: ship('autoencoder', (net) => {
      const encoded = definition.encode(net, rows(), condition);
      return {
        inputs: { [sample]: image, ...told },
        outputs: { reconstruction: decoded(net, encoded.value), code: encoded.value },
      };
    }),
    encoder: ship('encoder', (net) => {
      const { value, outputs } = definition.encode(net, rows(), condition);
      return { inputs: { [sample]: image, ...told }, outputs: { code: value, ...outputs } };
    }),
    decoder: ship('decoder', (net) => ({
      inputs: { code, ...told },
      outputs: { reconstruction: decoded(net, code) },
    })),
  };
  const { prior } = CODE_BUILDERS.of(definition.code.type);
  if (prior !== null) {
    const noise = input('noise', [BATCH, prior.noiseUnits(definition.code, definition.codeUnits)]);
    models.sampler = ship('sampler', (net) => {
      const drawn = net.within('prior', () =>
        prior.sample(net, noise, definition.code, priorModel(definition)),
      );
      // N(0, I) needs no code next to its noise: they are the same.
      const outputs = codeTraits(definition.code).prior?.isStandardNormal ? {} : { code: drawn };
      return { inputs: { noise, ...told }, outputs: { [sample]: decoded(net, drawn), ...outputs } };
    });
  }
  return models;
}

/**
 * A sampler that was fitted to codes after the training, as ONNX bytes: its random numbers in, the code and the decoded image out.
 * @param part its name in the metadata.
 */
export function shippedSampler(
  definition: Definition,
  shape: ImageShape,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
  { part, sampler, ...options }: ShipOptions & { part: string; sampler: SamplerGraph },
): Uint8Array {
  const { inputs, code, condition, tensors } = sampler;
  const given = { ...options, condition };
  const { ship, decoded, told, sample } = shipping(definition, shape, weights, metadata, given);
  const parts = (net: Network) => ({
    inputs: { ...inputs, ...told },
    outputs: { [sample]: decoded(net, code), code },
  });
  return ship(part, parts, tensors);
}

/** What all files of a model have in common. */
function shipping(
  definition: Definition,
  { channels, height, width }: ImageShape,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
  {
    rows: scaling,
    opset,
    version,
    condition = conditionInput(definition),
  }: ShipOptions & { condition?: Sym | undefined },
) {
  const { values } = definition;
  const outside = scaling === undefined ? [BATCH, channels, height, width] : [BATCH, values];
  const [offset, scale] = [input(OFFSET, [values]), input(SCALE, [values])];
  const told: Record<string, Sym> = condition === undefined ? {} : { [CLASS]: condition };
  const ship = (
    part: string,
    parts: (net: Network) => { inputs: Record<string, Sym>; outputs: Record<string, Sym> },
    more: ReadonlyMap<Sym, Float32Array> = new Map(),
  ) => {
    const net = new Network('infer');
    const { inputs, outputs } = parts(net);
    // Not what only training needs: the autoencoder of a variational code has no use for its variance.
    const reached = new Set(topologicalOrder(Object.values(outputs)));
    const named = [...net.parameters.values(), ...net.states.values()].filter((tensor) =>
      reached.has(tensor.symbol),
    );
    return encodeModel({
      name: `hourglass-${part}`,
      inputs,
      outputs,
      weights: new Map([
        ...named.map((tensor) => [tensor.symbol, weightOf(weights, tensor.name)] as const),
        ...(scaling === undefined
          ? []
          : [[offset, scaling.offset] as const, [scale, scaling.scale] as const]),
        ...more,
      ]),
      metadata: { ...metadata, part },
      description: describe(part, inputs, outputs),
      ...(opset === undefined ? {} : { opset }),
      ...(version === undefined ? {} : { producerVersion: version }),
    });
  };
  const decoded = (net: Network, from: Sym) => {
    const made = definition.decode(net, from, condition).image;
    return scaling === undefined ? reshape(made, outside) : add(mul(made, scale), offset);
  };
  const sample = scaling === undefined ? 'image' : 'row';
  return { ship, decoded, told, sample, outside, offset, scale };
}

/** What each input and output of a shipped model is, in words, for people who open the file. */
const IN_WORDS: Readonly<Record<string, string>> = {
  image: 'an image, its values bytes / 255, from 0 to 1',
  row: 'the values of its columns, in their own units',
  reconstruction: 'an image, from 0 to 1',
  code: 'a code; of a Gaussian code the mean',
  noise: 'standard normal numbers',
  choice: 'a number from 0 up to 1, without 1, each as likely: it chooses one of the Gaussians',
  class: 'the class of the image, one-hot: 1 at its place among the classes, else 0',
};

function describe(
  part: string,
  inputs: Readonly<Record<string, Sym>>,
  outputs: Readonly<Record<string, Sym>>,
): string {
  const list = (symbols: Readonly<Record<string, Sym>>) =>
    Object.entries(symbols).map(([name, { dtype, shape }]) => {
      // A reconstruction [N, columns] is a row, and is described as one.
      const key = name === 'reconstruction' && shape.length === 2 ? 'row' : name;
      const words = dtype === 'uint8' ? 'an image in bytes' : (IN_WORDS[key] ?? wordsOf(name));
      return `${name}: ${dtype}${formatShape(shape)}, each row ${words}`;
    });
  return [`The ${part} of an hourglass model.`, 'In:', ...list(inputs), 'Out:', ...list(outputs)].join('\n');
}

/** What a further output of an encoder is, from the kind of code that has it. */
const wordsOf = (name: string): string =>
  CODES.all.map(({ outputs }) => outputs[name]?.words).find((words) => words !== undefined) ?? name;

function weightOf(weights: Weights, name: string): Float32Array {
  const found = weights.get(name);
  if (found === undefined) throw new RangeError(`no weights for '${name}'`);
  return found;
}
