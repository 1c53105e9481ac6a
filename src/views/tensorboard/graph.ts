/** The graph that is trained, symbol by symbol, as the nodes that TensorBoard draws. */
import type { GraphNode } from '../../codecs/tensorboard/index.ts';
import { type Attributes, type Sym, topologicalOrder } from '../../graph/index.ts';
import type { TrainingGraph } from '../../models/index.ts';

/** Constants with up to this many values are shown with them. */
const SHOWN_VALUES = 8;

/**
 * Forward pass, loss, gradients and what the step does with them. Scopes are those of the definition, with its
 * parameters, running statistics and random numbers inside: `encoder/dense1/weight`, `encoder/dense1/MatMul`.
 */
export function graphNodes(graph: TrainingGraph, optimiser: string): GraphNode[] {
  const { net, objective, gradients } = graph;
  const kinds = new Map<Sym, string>();
  for (const { symbol } of net.parameters.values()) kinds.set(symbol, 'Parameter');
  for (const { symbol } of net.states.values()) kinds.set(symbol, 'Statistic');
  for (const { symbol, distribution } of net.randomness.values()) kinds.set(symbol, distribution.type);
  for (const { symbol } of net.scheduled.values()) kinds.set(symbol, 'Scheduled');

  const forward = [objective.loss, ...objective.parts.map(({ symbol }) => symbol)];
  const isForward = new Set(topologicalOrder(forward));
  const states = [...net.states.values()].flatMap(({ name, next }) =>
    next === null ? [] : [{ name, next }],
  );
  const order = topologicalOrder([
    ...forward,
    ...gradients.map(({ gradient }) => gradient),
    ...states.map(({ next }) => next),
  ]);

  const taken = new Set<string>();
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let n = 1; taken.has(name); n++) name = `${wanted}_${n}`;
    taken.add(name);
    return name;
  };
  const names = new Map<Sym, string>();
  // Inputs have their own names, distinct from everything computed.
  for (const symbol of order) if (symbol.op === 'Input') names.set(symbol, unique(pathOf(symbol.scope)));
  for (const symbol of order) {
    if (symbol.op === 'Input') continue;
    const scope = symbol.scope || (isForward.has(symbol) ? 'loss' : 'gradients');
    names.set(symbol, unique(`${scope}/${opOf(symbol)}`));
  }

  const nodes: GraphNode[] = order.map((symbol) => ({
    name: names.get(symbol)!,
    op: kinds.get(symbol) ?? opOf(symbol),
    inputs: symbol.inputs.map((operand) => names.get(operand)!),
    shape: symbol.shape,
    dtype: symbol.dtype,
    attributes: shown(symbol),
  }));
  for (const { parameter, gradient } of gradients) {
    nodes.push({
      name: unique(`optimiser/${pathOf(parameter.name)}`),
      op: optimiser,
      inputs: [names.get(parameter.symbol)!, names.get(gradient)!],
      shape: parameter.shape,
      dtype: 'float32',
    });
  }
  for (const { name, next } of states) {
    nodes.push({ name: unique(`${pathOf(name)}Next`), op: 'NextStatistic', inputs: [names.get(next)!] });
  }
  return nodes;
}

const pathOf = (name: string): string => name.replaceAll('.', '/');

/** TensorBoard draws a `Const` small, next to its consumer. */
const opOf = ({ op }: Sym): string => (op === 'Constant' ? 'Const' : op);

function shown({ attributes, values }: Sym): Record<string, string | number> {
  const text = (value: Attributes[string]) => (typeof value === 'object' ? `[${value.join(', ')}]` : value);
  const found = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, text(value)]));
  return values === undefined || values.length > SHOWN_VALUES
    ? found
    : { ...found, value: `[${values.join(', ')}]` };
}
