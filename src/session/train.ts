/** Starts a training on its own thread and follows it to its end. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DEVICES } from '../choices.ts';
import { buffersOf, type GivenData } from '../data/given.ts';
import type { DeviceChoice } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { packageFile } from '../installation.ts';
import { requireThreads } from '../model/model.ts';
import { extensionUrls } from '../models/index.ts';
import { defaultThreads } from '../node/machine.ts';
import { loadRecipe } from '../node/recipes.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { TENSORBOARD_LEVELS, type TensorboardLevel } from '../record/index.ts';
import { postedData, type SessionData } from '../runs/index.ts';
import { RUNS_FOLDER, releaseAbandoned, runName } from '../store/index.ts';
import { expectedError } from '../system-errors.ts';
import type { RunEvent, ThreadMessage, TrainResult } from './events.ts';
import { moduleAddresses } from './figure-modules.ts';
import type { Snapshot } from './snapshot.ts';
import type { SessionStart, ThreadStart } from './start.ts';
import { type TrainingControl, trainingControl } from './steering.ts';

/** How a training is followed and stopped. */
export interface FollowOptions {
  /** Called with every event, in order. */
  onEvent?: (event: RunEvent) => void;
  /**
   * Called with pictures of the model: after the first step, when the training waits, at its end, and else as
   * often as costs little.
   */
  onSnapshot?: (snapshot: Snapshot) => void;
  /** Called once with the means to pause the training and to change it. */
  onStart?: (control: TrainingControl) => void;
  /** Ends the training after the current step; the run can be resumed. */
  signal?: AbortSignal;
  /** Seconds from one checkpoint to the next within an epoch; there is also one after each epoch. Default 60. */
  checkpointEvery?: number;
  /**
   * Figures of your own, measured at the end in addition to those of hourglass: paths or addresses of JavaScript modules
   * whose default export is a {@link Figure}, or a list of them.
   */
  figures?: readonly (string | URL)[];
  /**
   * Whether pictures, a summary and a report are made at the end; default true. `hourglass pictures` and `hourglass report`
   * make them later.
   */
  pictures?: boolean;
}

/** What is trained, on what, and where it is written. */
export interface TrainOptions extends FollowOptions, Omit<SessionData, 'arrays'> {
  /** Recipe values to replace, by path: `{ 'training.epochs': 5 }`. */
  set?: Readonly<Record<string, unknown>>;
  /**
   * A finished run, or a model's folder, whose weights the new run begins with instead of random ones. The recipe's model must
   * be the same. Optimiser and schedule start from scratch. See {@link continueTraining}.
   */
  from?: string;
  /** The number of epochs: the recipe's `training.epochs`. */
  epochs?: number;
  /** The seed: the recipe's `seed`. */
  seed?: number;
  /**
   * The data set's name, or the path of a folder of images: the recipe's `data.set`. Or images or rows in arrays, which are
   * copied before the call returns its promise: they may be changed right after. The run does not keep them.
   */
  data?: string | GivenData;
  /** The run's folder; by default a new one in `runs/`. If it exists, a number is added to the name. */
  out?: string;
  /** Threads of ONNX Runtime; by default one per core. */
  threads?: number;
  /** What to train on; by default the processor. A GPU's last bits may differ from run to run. */
  device?: DeviceChoice;
  /** What is logged for TensorBoard, into `tensorboard/` in the run's folder; by default all. */
  tensorboard?: TensorboardLevel;
  /** Steps from one point of TensorBoard's curves to the next; by default 10. */
  logEvery?: number;
}

/**
 * Trains a recipe on a thread of its own, measures the model on the test split, and writes everything into a run folder.
 * `data` may be arrays: see {@link GivenData}.
 *
 * @param recipe a recipe's name ({@link recipeNames} lists them), the path of a JSON file, or the recipe as an object.
 * @throws HourglassError of kind `usage` for a recipe or setting that is not valid; `data` for images that are missing or
 * damaged; `run` if the folder cannot be written; `diverged` if the loss becomes NaN or infinite; `environment` if the system
 * lacks memory, threads or the device. An aborted `signal` is not an error: the result is `stopped`.
 *
 * @example
 * ```ts
 * import { train } from 'hourglass';
 *
 * const run = await train('quick', { data: 'mnist-10k', epochs: 1, out: 'runs/example' });
 * if (run.status === 'finished') {
 *   console.log(run.folder, run.evaluation.diagnosis.verdict);
 *   console.log(run.evaluation.model.mse); // squared error, mean over pixels and test images
 * }
 * ```
 */
export async function train(recipe: string | object, options: TrainOptions = {}): Promise<TrainResult> {
  return follow(newSession(recipe, options), options);
}

/** The session of a new run. @throws HourglassError (usage) for what is not valid. */
export function newSession(recipe: string | object, options: TrainOptions): SessionStart {
  const { set = {}, epochs, seed, data, threads = defaultThreads() } = options;
  const given = typeof data === 'string' ? undefined : data;
  const posted = postedData({ ...options, arrays: given });
  const { tensorboard = 'all', logEvery = 10, device = 'cpu' } = options;
  requireThreads(threads);
  if (!DEVICES.includes(device)) {
    throw new HourglassError('usage', {
      subject: 'device',
      rule: `must be ${DEVICES.join(', ')}`,
      got: device,
    });
  }
  if (!TENSORBOARD_LEVELS.includes(tensorboard)) {
    throw new HourglassError('usage', {
      subject: 'tensorboard',
      rule: `must be ${TENSORBOARD_LEVELS.join(', ')}`,
      got: tensorboard,
    });
  }
  if (!Number.isSafeInteger(logEvery) || logEvery < 1) {
    throw new HourglassError('usage', {
      subject: 'logEvery',
      rule: 'must be a whole number, 1 or more',
      got: logEvery,
    });
  }
  const values = {
    ...set,
    ...(epochs === undefined ? {} : { 'training.epochs': epochs }),
    ...(seed === undefined ? {} : { seed }),
    ...(data === undefined ? {} : { 'data.set': posted.arrays?.name ?? data }),
  };
  const loaded: Recipe = loadRecipe(recipe, values);
  if (options.out === '') throw new HourglassError('usage', { subject: 'out', rule: 'must name a folder' });
  const out = options.out ?? join(RUNS_FOLDER, runName(loaded.name, new Date()));
  return {
    type: 'new',
    recipe: loaded,
    given: values,
    out,
    threads,
    device,
    tensorboard: { level: tensorboard, logEvery },
    data: posted,
    checkpointEvery: checkpointEvery(options),
    pictures: options.pictures ?? true,
    figures: moduleAddresses(options.figures ?? []),
    ...(options.from === undefined ? {} : { from: options.from }),
  };
}

/**
 * Resumes a run that was stopped or killed. It ends with the same bits as an uninterrupted one.
 *
 * @param folder the run's folder.
 * @throws HourglassError of kind `run` if there is no run to resume, or another process is training it; `data` if its images
 * are missing or have changed; otherwise as {@link train}.
 *
 * @example
 * ```ts
 * import { resumeTraining, train } from 'hourglass';
 *
 * const stop = new AbortController();
 * const first = await train('quick', {
 *   epochs: 2,
 *   signal: stop.signal,
 *   onEvent: ({ type }) => type === 'epoch' && stop.abort(),
 * });
 * const run = await resumeTraining(first.folder);
 * console.log(first.status, run.status); // stopped finished
 * ```
 */
export async function resumeTraining(
  folder: string,
  options: FollowOptions & SessionData = {},
): Promise<TrainResult> {
  return follow(resumedSession(folder, options), options);
}

/** The session of a run that is continued. */
export function resumedSession(folder: string, options: FollowOptions & SessionData): SessionStart {
  const data = postedData(options);
  const figures = moduleAddresses(options.figures ?? []);
  const { pictures = true } = options;
  return { type: 'resume', folder, data, checkpointEvery: checkpointEvery(options), pictures, figures };
}

function checkpointEvery({ checkpointEvery: seconds = 60 }: FollowOptions): number {
  if (seconds > 0) return seconds;
  throw new HourglassError('usage', {
    subject: 'checkpointEvery',
    rule: 'must be more than 0 seconds',
    got: seconds,
  });
}

/** @throws HourglassError also where the system has no memory, thread or permission for the training. */
async function follow(start: SessionStart, options: FollowOptions): Promise<TrainResult> {
  try {
    return await followThread(start, options);
  } catch (error) {
    throw expectedError(error);
  }
}

function followThread(
  start: SessionStart,
  { onEvent, onSnapshot, onStart, signal }: FollowOptions,
): Promise<TrainResult> {
  return new Promise((resolve, reject) => {
    // Not the program's own flags: with `node --input-type=module -e …` a thread from a file would not start.
    const worker = new Worker(packageFile(new URL('./thread.js', import.meta.url)), {
      workerData: {
        ...{ ...start, extensions: extensionUrls(), hasSnapshots: onSnapshot !== undefined },
      } satisfies ThreadStart,
      execArgv: [],
      // The copy of given arrays is handed over.
      transferList: start.data.arrays === undefined ? [] : buffersOf(start.data.arrays),
    });
    const stop = () => worker.postMessage('stop');
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    onStart?.(trainingControl((message) => worker.postMessage(message)));
    let result: TrainResult | undefined;
    let failure: unknown;
    let folder: string | undefined;
    // Whether the thread ended regularly, and so released the run's lock.
    let ended = false;
    worker.on('message', (message: ThreadMessage) => {
      switch (message.type) {
        case 'event':
          if (message.event.type === 'start') folder = message.event.folder;
          if (message.event.type === 'finished') {
            const { type: _, ...finished } = message.event;
            result = { status: 'finished', ...finished };
          }
          if (message.event.type === 'stopped') {
            const { type: _, ...stopped } = message.event;
            result = { status: 'stopped', ...stopped };
          }
          try {
            onEvent?.(message.event);
          } catch (error) {
            failure ??= error;
            stop();
          }
          break;
        case 'snapshot':
          onSnapshot?.(message.snapshot);
          break;
        case 'done':
          ended = true;
          break;
        case 'expected-error':
          ended = true;
          failure = new HourglassError(message.kind, message.parts);
          break;
        case 'unexpected-error':
          ended = true;
          failure = message.error;
          break;
      }
    });
    worker.on('error', (error) => {
      failure ??= error;
    });
    worker.on('exit', async (code) => {
      signal?.removeEventListener('abort', stop);
      if (folder !== undefined && !ended) await releaseAbandoned(folder);
      if (failure !== undefined) reject(failure);
      else if (result !== undefined) resolve(result);
      else reject(new Error(`the training thread ended with code ${code} and no result`));
    });
  });
}
