/** A training in a worker, followed from the page. */
import { HourglassError } from '../../errors.ts';
import type { RunEvent, TrainResult } from '../../session/events.ts';
import type { TrainStart } from '../work/train.ts';
import { postedData, type TrainingData } from './given-data.ts';
import { WorkerClient } from './worker-client.ts';

/** What is trained on, and how the training is followed and stopped. */
export interface TrainOptions {
  /** The images. */
  data: TrainingData;
  /** Recipe values to replace, by path: `{ 'training.epochs': 5 }`. */
  set?: Readonly<Record<string, unknown>>;
  /** The number of epochs: the recipe's `training.epochs`. */
  epochs?: number;
  /** The seed: the recipe's `seed`. */
  seed?: number;
  /** Threads; by default one per core. Dense models have more than one only in a page that is cross-origin isolated. */
  threads?: number;
  /** Called with every event, in order. */
  onEvent?: (event: RunEvent) => void;
  /** Ends the training after the current step. */
  signal?: AbortSignal;
}

/** The end of a training, and the model's files by their names: none if it was stopped. */
export type PageTrainResult = TrainResult & { readonly model: ReadonlyMap<string, Uint8Array> };

/**
 * Trains a recipe in a worker and measures the model on the test split.
 *
 * @param recipe a recipe's name, or the recipe as an object.
 * @throws HourglassError of kind `usage` for a recipe, setting or data that are not valid; `diverged` if the loss becomes NaN or
 * infinite; `environment` if memory is short or a file of hourglass cannot be loaded. An aborted `signal` is not an error: the
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
  const { set = {}, epochs, seed, threads, onEvent, signal } = options;
  const start: TrainStart = {
    recipe,
    set: {
      ...set,
      ...(epochs === undefined ? {} : { 'training.epochs': epochs }),
      ...(seed === undefined ? {} : { seed }),
    },
    data: await postedData(options.data),
    threads,
  };
  const client = new WorkerClient(onEvent);
  const stop = () => client.stop();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    return await client.call<PageTrainResult>('train', start);
  } finally {
    signal?.removeEventListener('abort', stop);
    client.end(new HourglassError('usage', { subject: 'training', rule: 'has ended' }));
  }
}
