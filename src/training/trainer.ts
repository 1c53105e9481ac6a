/**
 * The machinery of one training: the compiled graphs, the memory they share, and what one step does with them.
 * Which images, how often and when to stop is the loop's business (`loop.ts`).
 */
import type { Block, Device, Engine } from '../engine/index.ts';
import {
  type Beginning,
  beginWith,
  type Definition,
  type LossPart,
  type ObjectiveConfig,
  type TrainingGraph,
  trainingGraph,
} from '../models/index.ts';
import { imageSpec, type SampleSpec, type Source } from '../samples/index.ts';
import { requireApplicable } from './applies.ts';
import { batchGradients } from './batch-gradients.ts';
import { startCodebooks } from './codebooks.ts';
import { divide, type Share, sharesOf } from './division.ts';
import { evaluationGraph, evaluatorOf, type HeldSplit } from './evaluator.ts';
import { NO_GRADIENTS } from './memory.ts';
import { optimise, slotNames } from './optimisers.ts';
import { startReplicas } from './replicas.ts';
import type { TrainingSettings } from './settings.ts';
import { streamOf } from './streams.ts';
import { type Losses, layOut, type NamedTensor } from './workspace.ts';

export interface TrainerOptions extends Beginning {
  definition: Definition;
  objective: ObjectiveConfig;
  settings: TrainingSettings;
  seed: number;
  /** Threads of ONNX Runtime: same seed and same threads, same bits. */
  threads: number;
  /** By default the processor. */
  device?: Device;
  /** What it learns from. By default images as bytes. */
  samples?: SampleSpec;
}

/** Where in a training a step is: its number, from 0, and the epochs before it, a fraction of one too. */
export interface StepPlace {
  step: number;
  epochs: number;
  learningRate: number;
  /** The samples of the next step: they are read while this one is computed. */
  next?: Uint32Array;
}

/** Euclidean norms over all parameters, weights and biases: the values' and the gradients'. */
export interface Norms {
  weights: number;
  /** The norm in the last step, before clipping. */
  gradients: number;
}

export interface Trainer {
  /** What is trained, in symbols. */
  readonly graph: TrainingGraph;
  readonly parts: readonly LossPart[];
  readonly parameterCount: number;
  /** Whether it cannot learn from a batch of one image: batch normalisation has no statistics of one. */
  readonly needsPairs: boolean;
  /**
   * One step of the optimiser on some samples of a source.
   * @throws whatever the source throws; the weights are then unchanged, and the step can be taken again.
   */
  step(source: Source, indices: Uint32Array, place: StepPlace): Promise<Losses>;
  /** Mean losses over all samples of a source, as {@link evaluatorOf} has them. */
  evaluate(source: Source, split?: HeldSplit): Promise<Losses>;
  /** The order of an epoch's samples: a function of the seed and the epoch alone. */
  shuffle(count: number, epoch: number): Uint32Array;
  /** Weights and running statistics by name: what a model is. Live views, changed by the next step. */
  weights(): Map<string, NamedTensor>;
  /** The optimiser's arrays, as `optimiser.mean/encoder.dense1.weight`. Live views. */
  optimiserState(): Map<string, NamedTensor>;
  /** The last step's gradients by their parameters' names, before they are clipped. Live views. */
  gradients(): Map<string, NamedTensor>;
  norms(): Norms;
  /** Frees what training takes; weights stay readable. Once is enough, more does no harm. */
  dispose(): Promise<void>;
}

/** Compiles a model's graphs and draws its first weights. */
export async function createTrainer(engine: Engine, options: TrainerOptions): Promise<Trainer> {
  const { definition, objective, settings, seed, threads, device = 'cpu' } = options;
  const { config, shape } = definition;
  const { samples = imageSpec(shape) } = options;
  requireApplicable(objective, samples);
  const graph = trainingGraph(definition, objective);
  const evaluation = evaluationGraph(definition, objective);
  const division = divide(graph, { batchSize: settings.batchSize, threads, device });
  const { replicas: all, rows } = division;
  const needs = { slotNames: slotNames(settings.optimiser), partial: rows < settings.batchSize };
  // A lone last sample joins the batch before it: see batches.ts.
  const longest = settings.batchSize + Number(graph.hasBatchStatistics);
  const workspace = layOut(engine, [{ graph, rows }, evaluation], needs, seed, {
    samples,
    most: Math.max(longest, evaluation.rows),
  });
  const { arena, places, groups, states, reader } = workspace;
  const { kernels } = arena;
  if (config.centre) requireMean(options);
  beginWith(workspace.weights(), definition, options);
  const batchBlock = workspace.inputs(graph).image!.block;

  const start = {
    config,
    shape,
    objective,
    seed,
    rows,
    mean: options.mean,
    most: Math.ceil(settings.batchSize / all),
  };
  const [own, others] = await Promise.all([
    batchGradients(workspace, graph, { ...division, device }),
    startReplicas(workspace, all - 1, start),
  ]);
  const evaluator = await evaluatorOf(workspace, evaluation, { threads, device });

  let disposed: Promise<void> | undefined;

  return {
    graph,
    parts: evaluator.parts,
    parameterCount: places.reduce((sum, { value }) => sum + value.length, 0),
    needsPairs: graph.hasBatchStatistics,

    async step(source, indices, { step, epochs, learningRate, next }) {
      const place = await reader.read(source, indices, next);
      if (step === 0 && graph.net.codebooks.length > 0) {
        workspace.stage(place, 0, indices.length);
        const images = arena.floats(batchBlock, indices.length * definition.values).slice();
        const labels = workspace.labels?.[place].slice(0, indices.length) ?? null;
        await startCodebooks(engine, definition, workspace.weights(), { images, labels }, seed);
      }
      const batch = { total: indices.length, step, epochs };
      const [first, ...rest] = sharesOf(indices.length, all) as [Share, ...Share[]];
      others.begin(place, rest, batch);
      const result = await own.run({ place, from: first.first }, first, batch);
      await others.finish(result);
      // A loss that is not finite leaves the weights unchanged.
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

    evaluate: (source, split = 'validation') => evaluator.evaluate(source, split),

    shuffle: (count, epoch) => shuffled(engine, count, seed, epoch),

    weights: workspace.weights,

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

    gradients: () =>
      new Map(
        places.map(({ parameter: { name, shape }, gradient }) => [
          name,
          { shape, values: arena.floats(gradient) },
        ]),
      ),

    norms: () => ({
      weights: norm(groups.map(({ values }) => values)),
      gradients: norm(groups.map(({ gradients }) => gradients)),
    }),

    dispose: () => {
      disposed ??= disposeAll();
      return disposed;
    },
  };

  async function disposeAll(): Promise<void> {
    await reader.settled();
    await own.dispose();
    await others.dispose();
    await evaluator.dispose();
  }

  /** The factor that brings the whole gradient's Euclidean norm down to `most`, or 1. */
  function clipScale(most: number): number {
    const length = norm(groups.map(({ gradients }) => gradients));
    return length > most ? most / length : 1;
  }

  function norm(blocks: readonly Block[]): number {
    let squares = 0;
    for (const { offset, length } of blocks) squares += kernels.sumSquares(offset, length);
    return Math.sqrt(squares);
  }
}

function requireMean({ mean }: Beginning): void {
  if (mean !== undefined) return;
  throw new RangeError("model.centre: the trainer needs the training samples' mean");
}

/**
 * A model's weights and running statistics before the first step: what `createTrainer` begins with. Without the
 * training samples' mean a centred model has zeros in its place.
 */
export function initialWeights(
  engine: Engine,
  definition: Definition,
  objective: ObjectiveConfig,
  seed: number,
  beginning: Beginning = {},
): Map<string, NamedTensor> {
  const sized = { ...evaluationGraph(definition, objective), rows: 1 };
  const weights = layOut(engine, [sized], NO_GRADIENTS, seed, {
    samples: imageSpec(definition.shape),
    most: 1,
  }).weights();
  beginWith(weights, definition, beginning);
  return weights;
}

/** The shapes of a model's weights and running statistics, by name: what a file of its weights must hold. */
export function weightShapes(
  definition: Definition,
  objective: ObjectiveConfig,
): Map<string, readonly number[]> {
  const { net } = evaluationGraph(definition, objective).graph;
  const tensors = [...net.parameters.values(), ...net.states.values()];
  return new Map(tensors.map(({ name, shape }) => [name, shape]));
}

function shuffled(engine: Engine, count: number, seed: number, epoch: number): Uint32Array {
  const arena = engine.memory();
  const block = arena.reserve(count);
  arena.kernels.permutation(block.offset, count, seed, streamOf('shuffle'), epoch);
  const { buffer, byteOffset } = arena.floats(block);
  const order = new Uint32Array(buffer, byteOffset, count).slice();
  arena.dispose();
  return order;
}
