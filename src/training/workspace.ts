/**
 * All that the graphs of one model work on, in one memory: weights and running statistics, the batch, noise,
 * scheduled numbers and losses. The graphs of training and of validation share names and blocks, not symbols.
 */
import { HourglassError } from '../errors.ts';
import type { ObjectiveGraph } from '../models/index.ts';
import type { State } from '../nn/index.ts';
import { Arena, type Binding, type Block } from '../runtime/index.ts';
import { type GradientNeeds, initialise, type ParameterMemory, reserveParameters } from './memory.ts';
import { type Noise, reserveNoise } from './noise.ts';

/** Images as bytes, [count, pixels], 0 to 255: scaled to [0, 1] on their way into a batch. */
export interface Images {
  readonly pixels: Uint8Array;
  readonly count: number;
}

/** The loss of a batch and its parts by name, each a mean over the batch's images; `loss` is their total. */
export type Losses = Record<string, number>;

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Bindings = Record<string, Binding>;

export interface StatePlace {
  readonly state: State;
  readonly value: Block;
  readonly next: Block;
}

export interface Workspace extends ParameterMemory {
  readonly arena: Arena;
  /** Elements of an image. */
  readonly pixels: number;
  /** `loss`, and then its parts. */
  readonly lossNames: readonly string[];
  readonly states: readonly StatePlace[];
  readonly noise: Noise;
  /** The inputs of a graph: batch, weights, statistics, noise and scheduled numbers. */
  inputs(graph: ObjectiveGraph): Bindings;
  /** The outputs of a graph that are its losses. */
  lossOutputs(graph: ObjectiveGraph): Bindings;
  /** Brings `count` images into the batch, scaled to [0, 1]; they are all of it, or some of its `total`. */
  stage(images: Images, count: number, indexOf: (row: number) => number, total?: number): void;
  /** Sets the scheduled numbers of a graph to their values after a number of epochs. */
  schedule(graph: ObjectiveGraph, epochs: number): void;
  readLosses(): Losses;
  /** Weights and running statistics by name, live. */
  weights(): Map<string, NamedTensor>;
}

/** A graph, and the most images it will run on at once. */
export interface Sized {
  graph: ObjectiveGraph;
  rows: number;
}

/** Lays out memory for some graphs of the same model and draws its first weights. */
export function layOut(graphs: readonly Sized[], needs: GradientNeeds, seed: number): Workspace {
  const arena = new Arena();
  const [{ graph: first }] = graphs as [Sized];
  const rows = Math.max(...graphs.map((sized) => sized.rows));
  const pixels = first.image.shape[1] as number;
  const memory = reserveParameters(arena, [...first.net.parameters.values()], needs);
  const states = [...first.net.states.values()].map((state) => {
    const length = state.shape.reduce((a, b) => a * b, 1);
    return { state, value: arena.reserve(length), next: arena.reserve(length) };
  });
  const noise = reserveNoise(
    arena,
    graphs.map(({ graph, rows }) => ({ net: graph.net, rows })),
    seed,
  );
  const bytes = arena.reserve(Math.ceil((rows * pixels) / 4));
  const image = arena.reserve(rows * pixels);
  const inverseBatch = arena.reserve(1);
  const share = arena.reserve(1);
  const lossNames = ['loss', ...first.objective.parts.map(({ name }) => name)];
  const losses = new Map(lossNames.map((name) => [name, arena.reserve(1)]));
  const scheduledNames = new Set(graphs.flatMap(({ graph }) => [...graph.net.scheduled.keys()]));
  const scheduled = new Map([...scheduledNames].map((name) => [name, arena.reserve(1)]));

  requireFits(arena);
  for (const { parameter, value } of memory.places) {
    initialise(arena, value, parameter.initialiser, parameter.name, seed);
  }
  for (const { state, value } of states) arena.floats(value).fill(state.initial);

  const staged = arena.bytes(bytes);
  const inverse = arena.floats(inverseBatch);
  const part = arena.floats(share);
  const lossViews = [...losses].map(([name, block]) => [name, arena.floats(block)] as const);

  return {
    ...memory,
    arena,
    pixels,
    lossNames,
    states,
    noise,
    inputs({ net, image: symbol }) {
      const named = [...net.parameters.values(), ...net.states.values(), ...net.scheduled.values()];
      const symbols = new Map<string, Binding['symbol']>(named.map(({ name, symbol }) => [name, symbol]));
      const blocks = [
        ...memory.places.map(({ parameter, value }) => [parameter.name, value] as const),
        ...states.map(({ state, value }) => [state.name, value] as const),
        ...scheduled,
      ];
      const bindings: Bindings = {
        image: { symbol, block: image },
        inverseBatch: { symbol: net.inverseBatch, block: inverseBatch },
        ...(net.share.op === 'Input' ? { share: { symbol: net.share, block: share } } : {}),
        ...noise.bindings(net),
      };
      for (const [name, block] of blocks) {
        const found = symbols.get(name);
        if (found !== undefined) bindings[name] = { symbol: found, block };
      }
      return bindings;
    },
    lossOutputs({ objective }) {
      const symbols = [{ name: 'loss', symbol: objective.loss }, ...objective.parts];
      return Object.fromEntries(
        symbols.map(({ name, symbol }) => [name, { symbol, block: losses.get(name)! }]),
      );
    },
    stage(images, count, indexOf, total = count) {
      for (let row = 0; row < count; row++) {
        const start = indexOf(row) * pixels;
        staged.set(images.pixels.subarray(start, start + pixels), row * pixels);
      }
      arena.kernels.scaleBytes(bytes.offset, image.offset, count * pixels, 255);
      inverse[0] = 1 / total;
      part[0] = count / total;
    },
    schedule({ net }, epochs) {
      for (const { name, at } of net.scheduled.values()) arena.floats(scheduled.get(name)!)[0] = at(epochs);
    },
    readLosses: () => Object.fromEntries(lossViews.map(([name, view]) => [name, view[0]!])),
    weights() {
      const entries = [
        ...memory.places.map(({ parameter, value }) => ({ ...parameter, value })),
        ...states.map(({ state, value }) => ({ ...state, value })),
      ];
      return new Map(entries.map(({ name, shape, value }) => [name, { shape, values: arena.floats(value) }]));
    },
  };
}

/** One WebAssembly memory ends at 4 GiB. */
function requireFits({ byteLength }: Arena): void {
  if (byteLength <= 2 ** 32) return;
  throw new HourglassError('usage', {
    subject: 'model',
    rule: 'its weights, gradients, optimiser state and batch must fit into 4 GiB',
    got: `${(byteLength / 2 ** 30).toFixed(1)} GiB`,
    hint: 'give its layers fewer units, or train in smaller batches',
  });
}
