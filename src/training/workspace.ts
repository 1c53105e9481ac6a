/**
 * All that the graphs of one model work on, in one memory: weights and running statistics, the batch, noise,
 * scheduled numbers and losses. The graphs of training and of validation share names and blocks, not symbols.
 */
import type { Binding, Block, Engine, Memory } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { CLASS, type ObjectiveGraph, oneHotInto } from '../models/index.ts';
import type { State } from '../nn/index.ts';
import {
  BatchReader,
  bytesPerValue,
  type SampleSpec,
  type StoredValues,
  scaleInto,
  storedView,
  valuesOf,
} from '../samples/index.ts';
import { sizeOf } from '../size.ts';
import { type GradientNeeds, initialise, type ParameterMemory, reserveParameters } from './memory.ts';
import { type Noise, reserveNoise } from './noise.ts';

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

/** What batches are of, and the most samples of one: no fewer than the rows of each graph. */
export interface BatchRoom {
  samples: SampleSpec;
  most: number;
}

/** Which of the two places for the stored values of a batch. */
export type Place = 0 | 1;

export interface Workspace extends ParameterMemory {
  readonly engine: Engine;
  readonly arena: Memory;
  readonly samples: SampleSpec;
  /** Two places for the stored values of a batch, so that one is read into while the other is trained on. */
  readonly stored: readonly [StoredValues, StoredValues];
  /** The labels of these samples, which a conditional model is told; null for other models. */
  readonly labels: readonly [Uint8Array, Uint8Array] | null;
  /** Reads into the two places. */
  readonly reader: BatchReader;
  /** `loss`, and then its parts. */
  readonly lossNames: readonly string[];
  readonly states: readonly StatePlace[];
  readonly noise: Noise;
  /** The inputs of a graph: batch, weights, statistics, noise and scheduled numbers. */
  inputs(graph: ObjectiveGraph): Bindings;
  /** The outputs of a graph that are its losses. */
  lossOutputs(graph: ObjectiveGraph): Bindings;
  /**
   * Scales `count` samples, from the one at `first` in a place on, into the graphs' input; they are all of the batch, or
   * some of its `total`.
   */
  stage(place: Place, first: number, count: number, total?: number): void;
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
export function layOut(
  engine: Engine,
  graphs: readonly Sized[],
  needs: GradientNeeds,
  seed: number,
  { samples, most }: BatchRoom,
): Workspace {
  const arena = engine.memory();
  const [{ graph: first }] = graphs as [Sized];
  const rows = Math.max(...graphs.map((sized) => sized.rows));
  const values = valuesOf(samples);
  requireFit(first, values);
  const memory = reserveParameters(arena, [...first.net.parameters.values()], needs);
  const states = [...first.net.states.values()].map((state) => {
    const length = sizeOf(state.shape);
    return { state, value: arena.reserve(length), next: arena.reserve(length) };
  });
  const noise = reserveNoise(
    arena,
    graphs.map(({ graph, rows }) => ({ net: graph.net, rows })),
    seed,
  );
  const storedBytes = most * values * bytesPerValue(samples.storage);
  const places = [0, 1].map(() => arena.reserve(Math.ceil(storedBytes / Float32Array.BYTES_PER_ELEMENT)));
  const image = arena.reserve(rows * values);
  const units = Number(first.condition?.shape[1] ?? 0);
  const condition = units === 0 ? null : arena.reserve(rows * units);
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

  const [even, odd] = places.map((block) => {
    const { buffer, byteOffset } = arena.bytes(block);
    return storedView(samples.storage, buffer, byteOffset, most * values);
  }) as [StoredValues, StoredValues];
  const stored = [even, odd] as const;
  const labels = condition === null ? null : ([new Uint8Array(most), new Uint8Array(most)] as const);
  const told = condition === null ? null : arena.floats(condition);
  const input = arena.floats(image);
  const inverse = arena.floats(inverseBatch);
  const part = arena.floats(share);
  const lossViews = [...losses].map(([name, block]) => [name, arena.floats(block)] as const);

  return {
    ...memory,
    engine,
    arena,
    samples,
    stored,
    labels,
    reader: new BatchReader(stored, labels ?? undefined),
    lossNames,
    states,
    noise,
    inputs({ net, image: symbol, condition: classes }) {
      const named = [...net.parameters.values(), ...net.states.values(), ...net.scheduled.values()];
      const symbols = new Map<string, Binding['symbol']>(named.map(({ name, symbol }) => [name, symbol]));
      const blocks = [
        ...memory.places.map(({ parameter, value }) => [parameter.name, value] as const),
        ...states.map(({ state, value }) => [state.name, value] as const),
        ...scheduled,
      ];
      const bindings: Bindings = {
        image: { symbol, block: image },
        ...(classes === undefined || condition === null
          ? {}
          : { [CLASS]: { symbol: classes, block: condition } }),
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
    stage(place, first, count, total = count) {
      const { storage, scaling } = samples;
      const [start, length] = [first * values, count * values];
      if (storage === 'uint8' && scaling.type === 'divisor') {
        arena.kernels.scaleBytes(places[place]!.offset + start, image.offset, length, scaling.divisor);
      } else {
        scaleInto(samples, stored[place].subarray(start, start + length), input);
      }
      if (labels !== null && told !== null) {
        oneHotInto(labels[place]!.subarray(first, first + count), units, told);
      }
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

/** The same values as bytes, in place. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: StoredValues): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function requireFit({ image }: ObjectiveGraph, values: number): void {
  if (image.shape[1] === values) return;
  throw new RangeError(`the model takes ${image.shape[1]} values, and a sample has ${values}`);
}

/** One WebAssembly memory ends at 4 GiB. */
function requireFits({ byteLength }: Memory): void {
  if (byteLength <= 2 ** 32) return;
  throw new HourglassError('usage', {
    subject: 'model',
    rule: 'its weights, gradients, optimiser state and batch must fit into 4 GiB',
    got: `${(byteLength / 2 ** 30).toFixed(1)} GiB`,
    hint: 'give its layers fewer units, or train in smaller batches',
  });
}
