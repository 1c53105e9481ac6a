/** Given weights: compared with what a model needs, and put where its graphs find them. */
import type { Memory } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import type { Network } from '../nn/index.ts';
import { sizeOf } from '../size.ts';
import type { Bindings, NamedTensor } from './workspace.ts';

/**
 * @param needed names and shapes; what else there is does not matter.
 * @param whose what the tensors are of, and what they do not fit, for the error.
 * @throws HourglassError (run) if a tensor is missing or has another number of values.
 */
export function requireTensors(
  tensors: ReadonlyMap<string, Pick<NamedTensor, 'values'>>,
  needed: Iterable<readonly [name: string, shape: readonly number[]]>,
  { subject, rule }: { subject: string; rule: string },
): void {
  for (const [name, shape] of needed) {
    const size = sizeOf(shape);
    const found = tensors.get(name)?.values.length;
    if (found === size) continue;
    throw new HourglassError('run', {
      subject,
      rule: `${rule}: tensor '${name}' must have ${size} values`,
      got: found ?? 'none',
    });
  }
}

/**
 * Reserves room for the weights and running statistics of some graphs and writes them there. Graphs with the same names
 * share them.
 * @param weights all that the graphs need, as {@link requireTensors} checks it.
 * @returns the bindings of each graph's own.
 */
export function bindWeights(
  memory: Memory,
  nets: readonly Network[],
  weights: ReadonlyMap<string, NamedTensor>,
): (net: Network) => Bindings {
  const names = new Set(nets.flatMap(tensorsOf).map(({ name }) => name));
  const blocks = new Map([...names].map((name) => [name, memory.reserve(weights.get(name)!.values.length)]));
  for (const [name, block] of blocks) memory.floats(block).set(weights.get(name)!.values);
  return (net) =>
    Object.fromEntries(
      tensorsOf(net).map(({ name, symbol }) => [name, { symbol, block: blocks.get(name)! }]),
    );
}

const tensorsOf = (net: Network) => [...net.parameters.values(), ...net.states.values()];
