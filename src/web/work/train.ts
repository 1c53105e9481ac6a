/** A training in the worker: the session of every platform, on an engine with as many threads as the model can use. */
import type { SampleSet } from '../../data/dataset.ts';
import type { Device, DeviceChoice, Engine } from '../../engine/index.ts';
import { parseRecipe, type Recipe } from '../../recipe/recipe.ts';
import { readManifest } from '../../record/index.ts';
import type { TrainResult } from '../../session/events.ts';
import { resumeModel, trainModel } from '../../session/train-model.ts';
import { COPYING } from '../engine/index.ts';
import { processors } from '../threads.ts';
import { type Posted, samplesFrom } from './data.ts';
import { engineFor } from './engine-for.ts';
import { keptBefore, type Place, placeInMemory, placeToKeep } from './place.ts';
import type { CallContext } from './serve.ts';

/** What a page posts. */
export interface TrainStart {
  /** A recipe's name, or the recipe as an object. */
  readonly recipe: string | object;
  readonly set: Readonly<Record<string, unknown>>;
  /** Null for the digits that come along. */
  readonly data: Posted | null;
  readonly threads: number | undefined;
  /** By default the processor. */
  readonly device?: DeviceChoice;
  /** The name under which the browser keeps it; by default it is kept in memory. */
  readonly keep?: string | undefined;
  /** Seconds from one checkpoint to the next within an epoch. */
  readonly checkpointEvery?: number | undefined;
  /** Whether pictures of the model are posted while it trains. */
  readonly hasSnapshots: boolean;
}

/** What the worker finds around it. */
export interface Surroundings {
  openEngine(threads: number, device: Device): Promise<Engine>;
  /** The recipe that comes along under a name. */
  loadRecipe(name: string): Promise<object>;
  /** The unpacked bytes of the digits that come along. */
  loadDigits(): Promise<Uint8Array>;
  readonly version: string;
}

/** A run that was stopped, and the images that it was trained on. */
export interface ResumeStart {
  /** The run's files, or the name under which the browser keeps them. */
  readonly run: ReadonlyMap<string, Uint8Array> | string;
  readonly data: Posted | null;
  readonly checkpointEvery?: number | undefined;
  readonly hasSnapshots: boolean;
}

/** Bytes. */
const LARGEST_RECIPE = 2 ** 24;

/** What is posted back. */
export type PageTrainResult = TrainResult & {
  /** The complete recipe, with all that was changed on the way: training it gives the same bits again. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** The model's files by their names: none if the training was stopped. */
  readonly model: ReadonlyMap<string, Uint8Array>;
  /** The run's files, from which it can be resumed: none if it is finished, or the browser keeps them all. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether the browser keeps all files of the run, under the name that was given. */
  readonly isKept: boolean;
};

export async function runTraining(
  context: CallContext,
  start: TrainStart,
  surroundings: Surroundings,
): Promise<PageTrainResult> {
  const { recipe: given, set, data, threads: asked = processors(), keep } = start;
  const place = keep === undefined ? placeInMemory() : await placeToKeep(keep, context.emit);
  const recipe = typeof given === 'string' ? await surroundings.loadRecipe(given) : given;
  const parsed = parseRecipe(recipe, set);
  const samples = await samplesOfPage(data, parsed, context, surroundings);
  const { engine, device, threads } = await engineFor(
    { recipe: parsed, samples, threads: asked, device: start.device ?? 'cpu' },
    surroundings,
  );
  warnIfCopying(engine, context);
  const { version: onnxruntime } = engine.describe();
  const { result, model } = await trainModel({
    ...{ engine, recipe, set, data: samples, files: place.files, hold: place.hold },
    ...(keep === undefined ? {} : { name: keep }),
    ...followed(context, start),
    ...{ threads, device },
    platform: {
      versions: { hourglass: surroundings.version, node: 'none: a browser', onnxruntime },
      machine: { platform: 'browser', processor: 'unknown', cores: processors(), memoryGiB: 0 },
    },
  });
  return trained(result, model, place);
}

/** On as many threads as before: it ends with the same bits as an uninterrupted training. */
export async function runResumed(
  context: CallContext,
  start: ResumeStart,
  surroundings: Surroundings,
): Promise<PageTrainResult> {
  const { run } = start;
  const place = typeof run === 'string' ? await keptBefore(run, context.emit) : placeInMemory(run);
  const { files, hold } = place;
  const { config, threads, device } = await readManifest(files);
  const recipe = parseRecipe(config, {});
  const samples = await samplesOfPage(start.data, recipe, context, surroundings);
  const { engine } = await engineFor({ recipe, samples, threads, device }, surroundings);
  warnIfCopying(engine, context);
  const options = { engine, data: samples, files, hold, ...followed(context, start) };
  const { result, model } = await resumeModel(options);
  return trained(result, model, place);
}

function warnIfCopying(engine: Engine, { emit }: CallContext): void {
  const { name, version } = engine.describe();
  if (name === COPYING) {
    const message = `onnxruntime-web ${version} is used by its public API, which copies all tensors: each step takes longer`;
    emit({ type: 'warning', message });
  }
}

const samplesOfPage = async (
  data: Posted | null,
  recipe: Recipe,
  context: CallContext,
  { loadDigits }: Surroundings,
): Promise<SampleSet> => samplesFrom(data ?? { digits: await loadDigits() }, context, recipe);

/** More than on Node: a step takes longer here, and somebody is watching. */
const SNAPSHOT_SHARE = 0.06;

/** Events are posted; messages from the page have their turn before each step. */
const followed = (
  { emit, emitSnapshot, steering, signal }: CallContext,
  { checkpointEvery, hasSnapshots }: Pick<TrainStart, 'checkpointEvery' | 'hasSnapshots'>,
) => ({
  ...{ onEvent: emit, signal, steering },
  ...(hasSnapshots ? { onSnapshot: emitSnapshot, snapshotShare: SNAPSHOT_SHARE } : {}),
  ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
});

async function trained(
  result: TrainResult,
  model: ReadonlyMap<string, Uint8Array>,
  { files: own, isKept, contents }: Place,
): Promise<PageTrainResult> {
  const isSaved = result.status === 'finished' || isKept();
  const text = await own.read('recipe.json', LARGEST_RECIPE);
  const recipe = JSON.parse(new TextDecoder().decode(text ?? new Uint8Array()));
  const files = isSaved ? new Map() : await contents();
  return { ...result, recipe, model, files, isKept: isKept() };
}
