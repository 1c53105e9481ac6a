/** One planned run: trained, continued, or left as it is. */
import { HourglassError, listRuns, loadRecipe, resumeTraining, train } from 'hourglass';
import type { PlannedRun } from './plan.ts';
import { settingsOf } from './settings.ts';

/**
 * @param data the name of the data set.
 * @param out the run's folder, in `runs`.
 * @throws HourglassError for a run that was trained with other settings than the recipe has now.
 */
export async function trainOnce(
  { recipe, set = {} }: Pick<PlannedRun, 'recipe' | 'set'>,
  data: string,
  { runs, out }: { runs: string; out: string },
): Promise<void> {
  const known = (await listRuns(runs)).find((run) => run.folder === out);
  if (known !== undefined && 'manifest' in known) {
    // What is there must be what would be trained now.
    const planned = loadRecipe(recipe, { ...set, 'data.set': data });
    if (settingsOf(known.manifest.config) !== settingsOf({ ...planned })) {
      throw new HourglassError('run', {
        subject: out,
        rule: 'was trained with other settings than the recipe has now',
        hint: 'delete the folder to train it anew',
      });
    }
  }
  if (known?.status === 'finished') return;
  const options = {
    onEvent: (event: { type: string }) => {
      if (event.type === 'epoch') process.stdout.write('.');
    },
  };
  const result =
    known === undefined
      ? // TensorBoard's files cost little, but times are stated.
        await train(recipe, { ...options, set, out, data, tensorboard: 'none' })
      : await resumeTraining(out, options);
  if (result.status === 'finished') console.log(` ${Math.round(result.trainingSeconds)} s`);
}
