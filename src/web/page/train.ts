/** A training in a worker, followed from the page. */
import { HourglassError } from '../../errors.ts';
import type { RunEvent } from '../../session/events.ts';
import type { Snapshot } from '../../session/snapshot.ts';
import { type TrainingControl, trainingControl } from '../../session/steering.ts';
import type { Thread } from '../engine/index.ts';
import type { PageTrainResult, ResumeStart, TrainStart } from '../work/train.ts';
import { startWorker } from '../worker-thread.ts';
import { startComputingWorker } from './computing-worker.ts';
import { postedData, type TrainingData } from './given-data.ts';
import { WorkerClient } from './worker-client.ts';

/** How a training is followed, held and stopped. */
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
  /** Ends the training after the current step; it can be resumed. */
  signal?: AbortSignal;
  /** Seconds from one checkpoint to the next within an epoch. Default 60. */
  checkpointEvery?: number;
}

/** What is trained on, and how. */
export interface TrainOptions extends FollowOptions {
  /** The images, or rows. */
  data: TrainingData;
  /** Recipe values to replace, by path: `{ 'training.epochs': 5 }`. */
  set?: Readonly<Record<string, unknown>>;
  /** The number of epochs: the recipe's `training.epochs`. */
  epochs?: number;
  /** The seed: the recipe's `seed`. */
  seed?: number;
  /** Threads; by default one per core. Dense models have more than one only in a page that is cross-origin isolated. */
  threads?: number;
  /**
   * Where it computes: `cpu`, the default; `webgpu`, a GPU; `auto`, whichever takes less time for a few steps before the
   * training. The build for GPUs is downloaded only for the last two.
   */
  device?: 'cpu' | 'webgpu' | 'auto';
  /**
   * Keeps the training in the storage of the browser under this name, with a checkpoint after each epoch. It can be resumed
   * after the page was closed or reloaded, or its worker has ended.
   */
  keep?: string;
}

export type { PageTrainResult };

/**
 * Trains a recipe in a worker and measures the model on the test split.
 *
 * @param recipe a recipe's name, or the recipe as an object.
 * @throws HourglassError of kind `usage` for a recipe, setting or data that are not valid; `diverged` if the loss becomes NaN or
 * infinite; `environment` if memory is short, a file of hourglass cannot be loaded, or the browser gives no storage to `keep`
 * it in; `run` if a training is kept under this name already. Storage that is full later is not an error: a `warning` says so,
 * and the training goes on in memory. An aborted `signal` is not an error: the
 * result is `stopped`.
 *
 * @example
 * ```ts
 * import { loadModel, train } from 'hourglass/web';
 *
 * const run = await train('vae', { data: 'mnist-10k', epochs: 1, onEvent: (event) => console.log(event.type) });
 * const model = await loadModel(run.model);
 * ```
 */
export async function train(recipe: string | object, options: TrainOptions): Promise<PageTrainResult> {
  const { set = {}, epochs, seed, threads, device = 'cpu', keep, checkpointEvery } = options;
  const start: TrainStart = {
    recipe,
    set: {
      ...set,
      ...(epochs === undefined ? {} : { 'training.epochs': epochs }),
      ...(seed === undefined ? {} : { seed }),
    },
    data: await postedData(options.data),
    ...{ threads, device, keep, checkpointEvery },
    hasSnapshots: options.onSnapshot !== undefined,
  };
  // The build for the processor is not needed on a GPU.
  const thread = device === 'webgpu' ? startWorker() : startComputingWorker();
  return followed('train', start, options, thread);
}

/**
 * Resumes a training that was stopped, or whose page was closed: it ends with the same bits as if it had not been.
 *
 * @param run the name that it was kept under, or the `files` of its result.
 * @param options.data the images that it was trained on.
 * @throws HourglassError of kind `run` if there is no such training, it is under way or finished, its files are damaged, or the
 * images are others; otherwise as {@link train}.
 *
 * @example
 * ```ts
 * import { resumeTraining, train } from 'hourglass/web';
 *
 * const run = await train('vae', { data: 'mnist-10k', epochs: 20, signal: AbortSignal.timeout(5000) });
 * if (run.status === 'stopped') await resumeTraining(run.files, { data: 'mnist-10k' });
 * ```
 */
export async function resumeTraining(
  run: string | ReadonlyMap<string, Uint8Array>,
  options: FollowOptions & { data: TrainingData },
): Promise<PageTrainResult> {
  const { checkpointEvery } = options;
  const hasSnapshots = options.onSnapshot !== undefined;
  const data = await postedData(options.data);
  const start: ResumeStart = { run, data, checkpointEvery, hasSnapshots };
  return followed('resume', start, options, startComputingWorker());
}

/** Has a worker of its own carry out a training. */
async function followed(
  name: 'train' | 'resume',
  start: TrainStart | ResumeStart,
  { onEvent, onSnapshot, onStart, signal }: FollowOptions,
  thread: Thread,
): Promise<PageTrainResult> {
  const client = new WorkerClient(thread, onEvent, onSnapshot);
  const stop = () => client.stop();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  onStart?.(trainingControl((message) => client.steer(message)));
  try {
    return await client.call<PageTrainResult>(name, start);
  } finally {
    signal?.removeEventListener('abort', stop);
    await client.end(new HourglassError('usage', { subject: 'training', rule: 'has ended' }));
  }
}
