/**
 * A training where nothing is known of a platform: the engine, the samples, the place of the run's files and what watches
 * are arguments. On Node, `train` does the same in a thread and a folder.
 */
import { onlyClasses } from '../data/classes.ts';
import type { SampleSet } from '../data/dataset.ts';
import { recordedSplits } from '../data/rows.ts';
import type { DeviceChoice, Engine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import type { Figure } from '../metrics/index.ts';
import { MODEL_FILES, MODEL_FOLDER } from '../model/content.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import {
  HELD,
  type Hold,
  LARGEST_TENSOR_FILE,
  MANIFEST_FILE,
  type Manifest,
  memoryFiles,
  type RunFiles,
  readManifest,
} from '../record/index.ts';
import { requireSameImages } from '../runs/fingerprint.ts';
import { begin, resume } from './begin.ts';
import type { RunEvent, TrainResult } from './events.ts';
import type { Observer } from './observer.ts';
import { trainSession } from './session.ts';
import type { Snapshot } from './snapshot.ts';
import type { Session } from './state.ts';
import type { Steering } from './steering.ts';
import { undoing } from './undoing.ts';

/** What every training is given, new or resumed. */
export interface TrainModelOptions {
  readonly engine: Engine;
  /** The images; a resumed run's must be the same as when it began. */
  readonly data: SampleSet;
  /** Where the run is kept; by default in memory. */
  readonly files?: RunFiles;
  /** The right to write there; by default nobody else can reach it. It is given back at the end. */
  readonly hold?: Hold;
  /** Called with every event, in order. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Called with pictures of the model: after the first step, when it waits, at its end, and else as often as costs little. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  /** The share of the training's time that these may take. Default 0.012. */
  readonly snapshotShare?: number;
  /** Holds, slows down and changes the training. */
  readonly steering?: Steering;
  /** What watches besides; each is waited for. */
  readonly observers?: readonly Observer[];
  /** Ends the training after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Seconds from one checkpoint to the next within an epoch. Default 60. */
  readonly checkpointEvery?: number;
  /** Figures to measure in addition to those of hourglass. */
  readonly figures?: readonly Figure[];
}

/** A new training. */
export interface NewTraining extends TrainModelOptions {
  /** The recipe as an object, as in its JSON file. */
  readonly recipe: object;
  /** Recipe values to replace, by path: `{ 'training.epochs': 5 }`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The run's name; by default the recipe's. */
  readonly name?: string;
  /** Threads that share one operator's work. Default 1. */
  readonly threads?: number;
  /** Default `cpu`. */
  readonly device?: DeviceChoice;
  /** What is recorded of the programs and the machine. */
  readonly platform: Pick<Manifest, 'versions' | 'machine'>;
}

/** The end of a training, and what is left of it. */
export interface TrainedModel {
  readonly result: TrainResult;
  /** All files of the run, its checkpoints included. */
  readonly files: RunFiles;
  /** The model's files by their names, as `contentOf` takes them; empty if the training was stopped. */
  readonly model: ReadonlyMap<string, Uint8Array>;
}

/**
 * Trains a recipe and measures the model on the test split.
 * @throws HourglassError of kind `usage` for a recipe or setting that is not valid; `run` if a file cannot be written;
 * `diverged` if the loss becomes NaN or infinite. An aborted `signal` is not an error: the result is `stopped`.
 */
export async function trainModel(options: NewTraining): Promise<TrainedModel> {
  const { engine, set = {}, threads = 1, device = 'cpu', platform } = options;
  const recipe = parseRecipe(options.recipe, set);
  const { name = recipe.name, files = memoryFiles(name), hold = HELD } = options;
  const session = await undoing(
    () => hold.release(),
    () =>
      begin(
        {
          ...{ recipe, given: set, threads, device, ...platform },
          dataset: onlyClasses(options.data, recipe.data.classes),
          dataDir: null,
          tensorboard: { level: 'none', logEvery: 10 },
          async claim() {
            await requireFree(files);
            return { name, files, hold };
          },
        },
        { engine },
      ),
  );
  return toTheEnd(session, options);
}

/** @throws HourglassError of kind 'run' if a run is there: its files would be lost. */
async function requireFree(files: RunFiles): Promise<void> {
  if ((await files.read(MANIFEST_FILE, LARGEST_TENSOR_FILE)) === null) return;
  throw new HourglassError('run', {
    subject: files.place,
    rule: 'already has a run',
    hint: 'resume it, remove its files, or train in another place',
  });
}

/**
 * Resumes a training that was stopped, from its newest undamaged checkpoint. With the same number of threads it ends with the
 * same bits as an uninterrupted one.
 * @throws HourglassError of kind `run` if there is no run to resume or its images have changed; otherwise as {@link trainModel}.
 */
export async function resumeModel(options: TrainModelOptions & { files: RunFiles }): Promise<TrainedModel> {
  const { engine, files, hold = HELD, onEvent: emit = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const session = await undoing(
    () => hold.release(),
    async () => {
      const manifest = await readManifest(files);
      if (manifest.status === 'finished') {
        throw new HourglassError('run', {
          subject: files.place,
          rule: 'is finished: there is nothing to resume',
        });
      }
      const recipe = parseRecipe(manifest.config);
      const { dataset, splits } = await recordedSplits(options.data, recipe, manifest.dataset.rows);
      await requireSameImages(manifest, files.place, dataset, splits, engine.sha256);
      return resume({ files, hold, manifest, dataset, splits }, { engine, emit, signal });
    },
  );
  return toTheEnd(session, options);
}

async function toTheEnd(session: Session, options: TrainModelOptions): Promise<TrainedModel> {
  const { engine, onEvent: emit = () => {}, checkpointEvery = 60, figures = [], observers = [] } = options;
  const { signal = new AbortController().signal } = options;
  const { files } = session;
  const { onSnapshot, snapshotShare, steering } = options;
  const watching = {
    engine,
    emit,
    signal,
    checkpointEvery,
    figures,
    onSnapshot,
    snapshotShare,
    steering,
    after: observers,
  };
  const result = await trainSession(session, watching);
  const model = new Map<string, Uint8Array>();
  for (const name of result.status === 'finished' ? MODEL_FILES : []) {
    const bytes = await files.read(`${MODEL_FOLDER}/${name}`, LARGEST_TENSOR_FILE);
    if (bytes !== null) model.set(name, bytes);
  }
  return { result, files, model };
}
