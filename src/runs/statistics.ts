/** What of the training images enters a model or a recipe. */
import type { TrainingSplits } from '../data/splits.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { meanSample, spread } from '../samples/index.ts';

/** The training images' mean, for a model that is centred by it. */
export async function meanOf({ model }: Recipe, { train }: TrainingSplits): Promise<{ mean?: Float32Array }> {
  return model.centre ? { mean: await meanSample(train) } : {};
}

/** How much the training images differ, for `adaptRecipe`. */
export const spreadOf =
  ({ train }: TrainingSplits) =>
  (): Promise<number> =>
    spread(train);
