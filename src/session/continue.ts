/** A new run that begins with the weights of another: more epochs, another rate, other data. */
import { HourglassError } from '../errors.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { readManifest, trueStatus } from '../store/index.ts';
import type { TrainResult } from './events.ts';
import { type TrainOptions, train } from './train.ts';

/** What of the other run is to be changed. */
export type ContinueOptions = Omit<TrainOptions, 'from'>;

/**
 * Trains a finished run further, as a new run: it begins with the weights of `run` and takes its recipe, its seed and its data unless
 * others are given. `epochs` are those of the new run. Optimiser and schedule start from scratch, so that a lower learning rate is often
 * better. The other run stays as it is; the new one records where it began, and ends with the same bits each time.
 *
 * @param run the folder of a finished run.
 * @throws HourglassError of kind `run` if there is no finished run; `usage` if its data were arrays and none are given; otherwise as
 * {@link train}.
 *
 * @example
 * ```ts
 * import { continueTraining } from 'hourglass';
 *
 * const run = await continueTraining('runs/digits', {
 *   epochs: 1,
 *   set: { 'training.optimiser.learningRate': 0.0005 },
 *   out: 'runs/further',
 * });
 * console.log(run.status, run.folder);
 * ```
 */
export async function continueTraining(run: string, options: ContinueOptions = {}): Promise<TrainResult> {
  const { recipe, data, dataDir } = await furtherRecipe(run, options.data !== undefined);
  return train(recipe, {
    ...(data === null ? {} : { data }),
    ...(dataDir === null ? {} : { dataDir }),
    ...options,
    from: run,
  });
}

/** The recipe and the data of a finished run, as they were recorded: nothing is fitted to the images again. */
async function furtherRecipe(
  run: string,
  hasData: boolean,
): Promise<{ recipe: Recipe; data: string | null; dataDir: string | null }> {
  const manifest = await readManifest(run);
  const status = await trueStatus(run, manifest);
  if (status !== 'finished') {
    throw new HourglassError('run', {
      subject: run,
      rule: `is ${status}: a run is trained further once it is finished`,
      ...(status === 'stopped' ? { hint: `finish it first: hourglass train --resume ${run}` } : {}),
    });
  }
  const { dataset } = manifest;
  if (dataset.isGiven && !hasData) {
    throw new HourglassError('usage', {
      subject: run,
      rule: 'was trained on arrays, which a run does not keep',
      hint: 'give them again as data',
    });
  }
  return {
    recipe: { ...parseRecipe(manifest.config), adapt: false },
    data: dataset.isGiven ? null : (dataset.folder ?? dataset.name),
    dataDir: dataset.dataDir,
  };
}
