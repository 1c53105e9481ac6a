/**
 * The machinery of one training: the compiled graphs, the flat memory they share, and what one step does with
 * them. Which images, how often and when to stop is the loop's business (`loop.ts`).
 */
import { HourglassError } from '../errors.ts';
import {
  type Definition,
  type LossConfig,
  type LossPart,
  objectiveGraph,
  trainingGraph,
} from '../models/index.ts';
import type { Network } from '../nn/index.ts';
import { Arena, type Binding, compile } from '../runtime/index.ts';
import { initialise, reserveParameters } from './memory.ts';
import { optimise, slotNames } from './optimisers.ts';
import type { TrainingSettings } from './settings.ts';
import { streamOf } from './streams.ts';

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

export interface TrainerOptions {
  definition: Definition;
  loss: LossConfig;
  settings: TrainingSettings;
  seed: number;
  /** Threads of ONNX Runtime: same seed and same threads, same bits. */
  threads: number;
}

export interface Trainer {
  readonly parts: readonly LossPart[];
  readonly parameterCount: number;
  /** One step of the optimiser on some of `images`; `step` counts from 0. */
  step(images: Images, indices: Uint32Array, step: number, learningRate: number): Promise<Losses>;
  /** Mean losses over all of `images`, in inference mode: no dropout, running statistics. */
  evaluate(images: Images): Promise<Losses>;
  /** The order of an epoch's images: a function of the seed and the epoch alone. */
  shuffle(count: number, epoch: number): Uint32Array;
  /** Weights and running statistics by name: what a model is. Live views, changed by the next step. */
  weights(): Map<string, NamedTensor>;
  /** The optimiser's arrays, as `optimiser.mean/encoder.dense1.weight`. Live views. */
  optimiserState(): Map<string, NamedTensor>;
  dispose(): Promise<void>;
}

/** Images that an evaluation runs on at once. */
const EVALUATION_ROWS = 500;

/** Compiles a model's graphs and draws its first weights. */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { definition, loss, settings, seed, threads } = options;
  const { pixels } = definition;
  const training = trainingGraph(definition, loss);
  const evaluation = objectiveGraph(definition, loss, 'infer');

  // Everything a step touches, laid out in one memory.
  const arena = new Arena();
  const rows = Math.max(settings.batchSize, EVALUATION_ROWS);
  const parameters = [...training.net.parameters.values()];
  const { groups, places } = reserveParameters(arena, parameters, slotNames(settings.optimiser));
  const states = [...training.net.states.values()].map((state) => {
    const length = state.shape.reduce((a, b) => a * b, 1);
    return { state, value: arena.reserve(length), next: arena.reserve(length) };
  });
  const masks = [...training.net.randomness.values()].map((noise) => ({
    noise,
    block: arena.reserve(noise.size * settings.batchSize),
    stream: streamOf(`noise/${noise.name}`),
  }));
  const bytes = arena.reserve(Math.ceil((rows * pixels) / 4));
  const image = arena.reserve(rows * pixels);
  const inverseBatch = arena.reserve(1);
  const lossNames = ['loss', ...training.objective.parts.map(({ name }) => name)];
  const losses = new Map(lossNames.map((name) => [name, arena.reserve(1)]));

  requireFits(arena);
  for (const { parameter, value } of places) {
    initialise(arena, value, parameter.initialiser, parameter.name, seed);
  }
  for (const { state, value } of states) arena.floats(value).fill(state.initial);

  // The two graphs share names and blocks, not symbols.
  type Bindings = Record<string, Binding>;
  const inputs = (graph: { net: Network; image: Binding['symbol'] }): Bindings => {
    const bindings: Bindings = {
      image: { symbol: graph.image, block: image },
      inverseBatch: { symbol: graph.net.inverseBatch, block: inverseBatch },
    };
    for (const { parameter, value } of places) {
      bindings[parameter.name] = { symbol: graph.net.parameters.get(parameter.name)!.symbol, block: value };
    }
    for (const { state, value } of states) {
      bindings[state.name] = { symbol: graph.net.states.get(state.name)!.symbol, block: value };
    }
    return bindings;
  };
  const lossBindings = ({ objective }: typeof evaluation): Bindings => {
    const symbols = [{ name: 'loss', symbol: objective.loss }, ...objective.parts];
    return Object.fromEntries(
      symbols.map(({ name, symbol }) => [name, { symbol, block: losses.get(name)! }]),
    );
  };
  const trainInputs = inputs(training);
  for (const { noise, block } of masks) trainInputs[noise.name] = { symbol: noise.symbol, block };
  const trainOutputs = lossBindings(training);
  for (const { parameter, gradient } of places) {
    const symbol = training.gradients.find((g) => g.parameter === parameter)!.gradient;
    trainOutputs[`gradient/${parameter.name}`] = { symbol, block: gradient };
  }
  for (const { state, next } of states) {
    if (state.next !== null) trainOutputs[`next/${state.name}`] = { symbol: state.next, block: next };
  }
  const trainProgram = await compile('train', trainInputs, trainOutputs, arena, { threads });
  const evaluateProgram = await compile('evaluate', inputs(evaluation), lossBindings(evaluation), arena, {
    threads,
  });

  const { kernels } = arena;
  const staged = arena.bytes(bytes);
  const inverse = arena.floats(inverseBatch);
  const lossViews = [...losses].map(([name, block]) => [name, arena.floats(block)] as const);

  /** Brings `count` images into the batch's block, scaled to [0, 1]. */
  const stage = (images: Images, count: number, indexOf: (row: number) => number) => {
    for (let row = 0; row < count; row++) {
      const start = indexOf(row) * pixels;
      staged.set(images.pixels.subarray(start, start + pixels), row * pixels);
    }
    kernels.scaleBytes(bytes.offset, image.offset, count * pixels, 1 / 255, 0);
    inverse[0] = 1 / count;
  };
  const readLosses = (): Losses => Object.fromEntries(lossViews.map(([name, view]) => [name, view[0]!]));

  return {
    parts: training.objective.parts.map(({ symbol: _, ...part }) => part),
    parameterCount: places.reduce((sum, { value }) => sum + value.length, 0),

    async step(images, indices, step, learningRate) {
      const count = indices.length;
      stage(images, count, (row) => indices[row]!);
      for (const { noise, block, stream } of masks) {
        kernels.keepMask(block.offset, noise.size * count, noise.distribution.rate, seed, stream, step, 0);
      }
      await trainProgram.run(count);
      const result = readLosses();
      // A loss that is no number leaves the weights as they were.
      if (!Number.isFinite(result.loss)) return result;
      const gradientScale = settings.clipNorm === null ? 1 : clipScale(settings.clipNorm);
      for (const group of groups) {
        optimise(settings.optimiser, arena, group, { learningRate, gradientScale, step: step + 1 });
      }
      for (const { state, value, next } of states) {
        if (state.next !== null) kernels.copy(value.offset, next.offset, value.length);
      }
      return result;
    },

    async evaluate(images) {
      const sums = new Map(lossNames.map((name) => [name, 0]));
      for (let start = 0; start < images.count; start += EVALUATION_ROWS) {
        const count = Math.min(EVALUATION_ROWS, images.count - start);
        stage(images, count, (row) => start + row);
        await evaluateProgram.run(count);
        for (const [name, view] of lossViews) sums.set(name, sums.get(name)! + view[0]! * count);
      }
      return Object.fromEntries([...sums].map(([name, sum]) => [name, sum / images.count]));
    },

    shuffle(count, epoch) {
      return shuffled(count, seed, epoch);
    },

    weights() {
      const entries = [
        ...places.map(({ parameter, value }) => ({ ...parameter, value })),
        ...states.map(({ state, value }) => ({ ...state, value })),
      ];
      return new Map(entries.map(({ name, shape, value }) => [name, { shape, values: arena.floats(value) }]));
    },

    optimiserState() {
      const entries = places.flatMap(({ parameter, slots }) =>
        [...slots].map(
          ([slot, block]) =>
            [
              `optimiser.${slot}/${parameter.name}`,
              { shape: parameter.shape, values: arena.floats(block) },
            ] as const,
        ),
      );
      return new Map(entries);
    },

    async dispose() {
      await trainProgram.dispose();
      await evaluateProgram.dispose();
    },
  };

  /** The factor that brings the whole gradient's Euclidean norm down to `most`, or 1. */
  function clipScale(most: number): number {
    let squares = 0;
    for (const { gradients } of groups) squares += kernels.sumSquares(gradients.offset, gradients.length);
    const norm = Math.sqrt(squares);
    return norm > most ? most / norm : 1;
  }
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

/** A model's weights and running statistics before the first step: what `createTrainer` begins with. */
export function initialWeights(
  definition: Definition,
  loss: LossConfig,
  seed: number,
): Map<string, NamedTensor> {
  const { net } = objectiveGraph(definition, loss, 'infer');
  const arena = new Arena();
  const { places } = reserveParameters(arena, [...net.parameters.values()], []);
  for (const { parameter, value } of places)
    initialise(arena, value, parameter.initialiser, parameter.name, seed);
  const weights = new Map<string, NamedTensor>();
  for (const { parameter, value } of places) {
    weights.set(parameter.name, { shape: parameter.shape, values: arena.floats(value) });
  }
  for (const { name, shape, initial } of net.states.values()) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(initial);
    weights.set(name, { shape, values });
  }
  return weights;
}

function shuffled(count: number, seed: number, epoch: number): Uint32Array {
  const arena = new Arena();
  const block = arena.reserve(count);
  arena.kernels.permutation(block.offset, count, seed, streamOf('shuffle'), epoch);
  const { buffer, byteOffset } = arena.floats(block);
  return new Uint32Array(buffer, byteOffset, count);
}
