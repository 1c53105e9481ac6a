/**
 * The graphs made of one model definition: the one that is trained, the one that validates, and the three
 * that are shipped (encoder, decoder, the whole autoencoder).
 */
import { gradients } from '../autodiff/index.ts';
import { BATCH, input, reshape, type Sym, topologicalOrder } from '../graph/index.ts';
import { jacobianNorm, type Mode, Network, type Parameter } from '../nn/index.ts';
import { encodeModel } from '../onnx/index.ts';
import type { Definition } from './autoencoder.ts';
import { type CorruptionConfig, corrupt } from './corruption.ts';
import type { ImageShape } from './layers.ts';
import { buildObjective, type Objective, type ObjectiveConfig } from './objective.ts';

export interface ObjectiveGraph {
  net: Network;
  /** The batch, [N, pixels], scaled to [0, 1]. */
  image: Sym;
  objective: Objective;
}

export interface TrainingGraph extends ObjectiveGraph {
  /** Each parameter with the gradient of the loss with respect to it. */
  gradients: { parameter: Parameter; gradient: Sym }[];
}

export function objectiveGraph(definition: Definition, config: ObjectiveConfig, mode: Mode): ObjectiveGraph {
  const net = new Network(mode);
  const image = input('image', [BATCH, definition.pixels]);
  return { net, image, objective: buildObjective(net, definition, config, image) };
}

export function trainingGraph(definition: Definition, config: ObjectiveConfig): TrainingGraph {
  const graph = objectiveGraph(definition, config, 'train');
  const parameters = [...graph.net.parameters.values()];
  const found = gradients(
    graph.objective.loss,
    parameters.map(({ symbol }) => symbol),
  );
  return { ...graph, gradients: parameters.map((parameter, i) => ({ parameter, gradient: found[i]! })) };
}

/** What the encoder is given of a batch of images in an evaluation. */
export function corruptionGraph(
  corruption: CorruptionConfig,
  pixels: number,
): { net: Network; image: Sym; seen: Sym } {
  const net = new Network('validate');
  const image = input('image', [BATCH, pixels]);
  return { net, image, seen: corrupt(net, corruption, image) };
}

/** ‖∂h/∂x‖²_F for each image, [N], of the encoder as it is shipped. */
export function jacobianGraph(definition: Definition): { net: Network; image: Sym; squaredNorm: Sym } {
  const net = new Network('infer');
  const image = input('image', [BATCH, definition.pixels]);
  const { value } = definition.encode(net, image);
  return { net, image, squaredNorm: jacobianNorm(net, value, image) };
}

/** Weights and running statistics by name. */
export type Weights = ReadonlyMap<string, Float32Array>;

export const SHIPPED = ['autoencoder', 'encoder', 'decoder'] as const;
export type ShippedName = (typeof SHIPPED)[number];

/**
 * The models that are shipped, as ONNX bytes: images as [N, channels, height, width] in [0, 1], codes as
 * [N, units], any number of rows; weights inside. Of a Gaussian code the encoder gives the mean as its code,
 * and beside it the logarithm of the variance.
 */
export function shippedModels(
  definition: Definition,
  shape: ImageShape,
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
): Record<ShippedName, Uint8Array> {
  const outside = [BATCH, shape.channels, shape.height, shape.width];
  const ship = (
    name: ShippedName,
    parts: (net: Network) => { inputs: Record<string, Sym>; outputs: Record<string, Sym> },
  ) => {
    const net = new Network('infer');
    const { inputs, outputs } = parts(net);
    // Not what only training needs: the autoencoder of a Gaussian code has no use for its variance.
    const reached = new Set(topologicalOrder(Object.values(outputs)));
    const named = [...net.parameters.values(), ...net.states.values()].filter((tensor) =>
      reached.has(tensor.symbol),
    );
    return encodeModel({
      name: `hourglass-${name}`,
      inputs,
      outputs,
      weights: new Map(named.map((tensor) => [tensor.symbol, weightOf(weights, tensor.name)])),
      metadata: { ...metadata, part: name },
      description: `${name} of an hourglass model; images are [N, channels, height, width] in [0, 1]`,
    });
  };
  const image = input('image', outside);
  const code = input('code', [BATCH, definition.codeUnits]);
  const rows = () => reshape(image, [BATCH, definition.pixels]);
  return {
    autoencoder: ship('autoencoder', (net) => {
      const encoded = definition.encode(net, rows());
      const reconstruction = reshape(definition.decode(net, encoded.value).image, outside);
      return { inputs: { image }, outputs: { reconstruction, code: encoded.value } };
    }),
    encoder: ship('encoder', (net) => {
      const { value, gaussian } = definition.encode(net, rows());
      const spread = gaussian === undefined ? {} : { logVariance: gaussian.logVariance };
      return { inputs: { image }, outputs: { code: value, ...spread } };
    }),
    decoder: ship('decoder', (net) => ({
      inputs: { code },
      outputs: { reconstruction: reshape(definition.decode(net, code).image, outside) },
    })),
  };
}

function weightOf(weights: Weights, name: string): Float32Array {
  const found = weights.get(name);
  if (found === undefined) throw new RangeError(`no weights for '${name}'`);
  return found;
}
