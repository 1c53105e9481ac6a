/** What the vectors of a model's codebooks are computed by: the encoder as it is shipped, up to each of them. */
import { BATCH, bindShape, input, type Sym, topologicalOrder } from '../graph/index.ts';
import { Network, type Parameter, type State } from '../nn/index.ts';
import { conditionInput } from './condition.ts';
import type { Definition } from './definition.ts';

export interface CodebookGraph {
  /** The names of its entries, and of how much each is used. */
  book: string;
  use: string;
  /** [N, values]. */
  image: Sym;
  /** The classes that a conditional model is told, one-hot [N, classes]; undefined for others. */
  condition: Sym | undefined;
  /** What it is for, [N · perImage, width]. */
  vectors: Sym;
  perImage: number;
  /** Weights, running statistics and the codebooks before it. */
  tensors: readonly (Parameter | State)[];
}

/** Those of a model, the first stage first; none of models without codebooks. */
export function codebookGraphs(definition: Definition): CodebookGraph[] {
  const net = new Network('infer');
  const image = input('image', [BATCH, definition.values]);
  const condition = conditionInput(definition);
  definition.encode(net, image, condition);
  return net.codebooks.map(({ book, use, vectors }) => {
    const reached = new Set(topologicalOrder([vectors]));
    const [perImage] = bindShape(vectors.shape, { [BATCH]: 1 });
    const tensors = [...net.parameters.values(), ...net.states.values()];
    return {
      ...{ book: book.name, use: use.name, image, condition, vectors, perImage: perImage! },
      tensors: tensors.filter(({ symbol }) => reached.has(symbol)),
    };
  });
}
