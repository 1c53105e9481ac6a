/** What a model costs to train: counted in its graph, before anything runs. */
import { BATCH, input, topologicalOrder } from '../graph/index.ts';
import { Network } from '../nn/index.ts';
import { sizeOf } from '../size.ts';
import { conditionInput } from './condition.ts';
import type { Definition } from './definition.ts';

export interface Cost {
  /** Multiplications of weights with values, for one image through encoder and decoder. */
  multiplications: number;
  /** Numbers that training changes. */
  parameters: number;
}

/** Counted in the matrix products and convolutions; what else a model does takes little time. */
export function costOf(definition: Definition): Cost {
  const net = new Network('infer');
  const condition = conditionInput(definition);
  const { value } = definition.encode(net, input('image', [BATCH, definition.values]), condition);
  const { image } = definition.decode(net, value, condition);
  let multiplications = 0;
  for (const { op, inputs, shape } of topologicalOrder([image])) {
    const [x, weight] = inputs;
    // Each element of a transposed convolution's input, and of the others' output, meets a row of weights.
    if (op === 'ConvTranspose')
      multiplications += perImage(x!.shape) * sizeOf(numbers(weight!.shape.slice(1)));
    if (op === 'Conv') multiplications += perImage(shape) * sizeOf(numbers(weight!.shape.slice(1)));
    if (op === 'Gemm') multiplications += sizeOf(numbers(weight!.shape));
  }
  const parameters = [...net.parameters.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { multiplications, parameters };
}

const numbers = (shape: readonly (number | string)[]): number[] => shape.map(Number);

/** Elements of one image's row in a batch. */
const perImage = (shape: readonly (number | string)[]): number => sizeOf(numbers(shape.slice(1)));
