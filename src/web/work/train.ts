/** A training in the worker: the session of every platform, on an engine with as many threads as the model can use. */
import type { SampleSet } from '../../data/dataset.ts';
import type { Engine } from '../../engine/index.ts';
import { defineAutoencoder, trainingGraph } from '../../models/index.ts';
import { parseRecipe } from '../../recipe/recipe.ts';
import type { TrainResult } from '../../session/events.ts';
import { trainModel } from '../../session/train-model.ts';
import { divide } from '../../training/division.ts';
import { processors, runtimeThreads } from '../threads.ts';
import { turn } from '../turn.ts';
import { type PostedData, samplesFrom } from './data.ts';
import type { CallContext } from './serve.ts';

/** What a page posts. */
export interface TrainStart {
  /** A recipe's name, or the recipe as an object. */
  readonly recipe: string | object;
  readonly set: Readonly<Record<string, unknown>>;
  /** Null for the digits that come along. */
  readonly data: PostedData | null;
  readonly threads: number | undefined;
}

/** What the worker finds around it. */
export interface Surroundings {
  openEngine(threads: number): Promise<Engine>;
  /** The recipe that comes along under a name. */
  loadRecipe(name: string): Promise<object>;
  /** The unpacked bytes of the digits that come along. */
  loadDigits(): Promise<Uint8Array>;
  readonly version: string;
}

export async function runTraining(
  { emit, signal }: CallContext,
  start: TrainStart,
  { openEngine, loadRecipe, loadDigits, version }: Surroundings,
): Promise<TrainResult & { model: ReadonlyMap<string, Uint8Array> }> {
  const recipe = typeof start.recipe === 'string' ? await loadRecipe(start.recipe) : start.recipe;
  const data = samplesFrom(start.data ?? { digits: await loadDigits() });
  const threads = threadsFor(recipe, start.set, data, start.threads ?? processors());
  const engine = await openEngine(threads.ofRuntime);
  const { version: onnxruntime } = engine.describe();
  const { result, model } = await trainModel({
    engine,
    recipe,
    data,
    set: start.set,
    threads: threads.ofTraining,
    onEvent: emit,
    // Messages from the page have their turn after each step: above all, to stop.
    observers: [{ step: turn }],
    signal,
    platform: {
      versions: { hourglass: version, node: 'none: a browser', onnxruntime },
      machine: { platform: 'browser', processor: 'unknown', cores: processors(), memoryGiB: 0 },
    },
  });
  return { ...result, model };
}

/**
 * Where each thread computes a share of the batch, ONNX Runtime has one thread in each, and helpers are the others. Elsewhere
 * ONNX Runtime has them all, if the page lets it.
 */
function threadsFor(
  recipe: object,
  set: Readonly<Record<string, unknown>>,
  { height, width, channels }: SampleSet,
  asked: number,
): { ofRuntime: number; ofTraining: number } {
  const parsed = parseRecipe(recipe, set);
  const definition = defineAutoencoder(parsed.model, { height, width, channels });
  const { batchSize } = parsed.training;
  const { replicas } = divide(trainingGraph(definition, parsed), {
    batchSize,
    threads: asked,
    device: 'cpu',
  });
  if (replicas > 1) return { ofRuntime: 1, ofTraining: asked };
  const own = Math.min(asked, runtimeThreads());
  return { ofRuntime: own, ofTraining: own };
}
