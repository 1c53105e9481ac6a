/** The least that a network's work takes: its products, and the bytes that must move. */
import { BATCH, input, type Sym, topologicalOrder } from '../src/graph/index.ts';
import { objectiveGraph, objectiveSchema } from '../src/models/index.ts';
import { definitionOf, type Network, objectiveConfig, sideOf } from './network.ts';

/** What the work on one image, and once a step, cannot do without. */
export interface Cost {
  parameters: number;
  /** Floating-point operations of all products: a forward pass; of training, one for each gradient as well. */
  operations: number;
  /** Bytes of what layers make of an image, written and read; of training, their gradients too. */
  bytesAnImage: number;
  /** Bytes once a step: parameters, gradients and both moments of Adam. */
  bytesAStep: number;
}

/** By the graph that validates, which has neither masks nor gradients; penalties are not counted. */
export function costOf(network: Network): Cost {
  const definition = definitionOf(network);
  const { net, image, objective } = objectiveGraph(
    definition,
    objectiveSchema().parse({ loss: objectiveConfig(network).loss }),
    'validate',
  );
  const training = network.work === 'training';
  const root = {
    training: () => objective.reconstruction,
    encoding: () => definition.encode(net, image).value,
    decoding: () => definition.decode(net, input('code', [BATCH, definition.codeUnits])).image,
    scoring: () => objective.reconstruction,
  }[network.work]();
  const products: { operations: number; elements: number; first: boolean }[] = [];
  const sizes = (of: Sym) => of.shape.slice(1) as number[];
  const product = (of: readonly number[]) => of.reduce((a, b) => a * b, 1);
  for (const symbol of topologicalOrder([root])) {
    const [x, weight] = symbol.inputs;
    const elements = product(sizes(symbol));
    if (symbol.op === 'Gemm') {
      products.push({ operations: 2 * product(weight!.shape as number[]), elements, first: x === image });
    } else if (symbol.op === 'Conv' || symbol.op === 'ConvTranspose') {
      const positions = product(sizes(symbol.op === 'Conv' ? symbol : x!).slice(1));
      products.push({
        operations: 2 * product(weight!.shape as number[]) * positions,
        elements,
        first: sizes(x!)[0] === 1,
      });
    }
  }
  const passes = (first: boolean) => (training ? (first ? 2 : 3) : 1);
  const parameters = [...net.parameters.values()]
    .map(({ shape }) => product(shape))
    .reduce((a, b) => a + b, 0);
  return {
    parameters,
    operations: products.reduce((sum, { operations, first }) => sum + operations * passes(first), 0),
    bytesAnImage:
      sideOf(network) ** 2 +
      products.reduce((sum, { elements }) => sum + 4 * elements * (training ? 4 : 2), 0),
    bytesAStep: training ? 7 * 4 * parameters : 4 * parameters,
  };
}
