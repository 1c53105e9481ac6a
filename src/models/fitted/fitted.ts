/** Networks that are no autoencoders and are fitted to rows of numbers: priors over codes, the classifier of features. */
import { gradients } from '../../autodiff/index.ts';
import { BATCH, input, type Sym } from '../../graph/index.ts';
import { Network, type Parameter } from '../../nn/index.ts';

/** A network with the loss of a batch and its gradients. */
export interface FittedGraph {
  readonly net: Network;
  /** The rows that it learns from, by name: [N, …shape]. */
  readonly inputs: Readonly<Record<string, Sym>>;
  /** A scalar, the mean over the rows. */
  readonly loss: Sym;
  readonly gradients: readonly { parameter: Parameter; gradient: Sym }[];
}

/**
 * @param shapes of one row of each input, by name.
 * @param lossOf each row's loss, [N], from the inputs.
 */
export function fittedGraph<Name extends string>(
  shapes: Readonly<Record<Name, readonly number[]>>,
  lossOf: (net: Network, inputs: Readonly<Record<Name, Sym>>) => Sym,
): FittedGraph {
  const net = new Network('train');
  const inputs = Object.fromEntries(
    Object.entries<readonly number[]>(shapes).map(([name, shape]) => [name, input(name, [BATCH, ...shape])]),
  ) as Record<Name, Sym>;
  const loss = net.mean(lossOf(net, inputs));
  const parameters = [...net.parameters.values()];
  const found = gradients(
    loss,
    parameters.map(({ symbol }) => symbol),
  );
  return {
    net,
    inputs,
    loss,
    gradients: parameters.map((parameter, i) => ({ parameter, gradient: found[i]! })),
  };
}
