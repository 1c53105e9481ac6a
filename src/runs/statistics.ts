/** What of the training images enters a model or a recipe. */
import type { TrainingSplits } from '../data/splits.ts';
import { beginsAtMean, examplesWanted } from '../recipe/fitting.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { meanSample, passes, type Source, spread, valuesOf } from '../samples/index.ts';

/** What of the training images a model begins with: their mean if it begins at that, and images for weights that are such. */
export async function beginningOf(
  recipe: Recipe,
  { train }: TrainingSplits,
): Promise<{ mean?: Float32Array; examples?: Float32Array }> {
  const wanted = Math.min(train.count, examplesWanted(recipe));
  return {
    ...(beginsAtMean(recipe) ? { mean: await meanSample(train) } : {}),
    ...(wanted > 0 ? { examples: await examplesOf(train, wanted) } : {}),
  };
}

/** So many samples, spread evenly, [count, values]. */
async function examplesOf(train: Source, count: number): Promise<Float32Array> {
  const found = new Float32Array(count * valuesOf(train.spec));
  let at = 0;
  for await (const piece of passes(train, count)) {
    const some = piece.subarray(0, found.length - at);
    found.set(some, at);
    at += some.length;
  }
  return found.subarray(0, at);
}

/** How much the training images differ, for `adaptRecipe`. */
export const spreadOf =
  ({ train }: TrainingSplits) =>
  (): Promise<number> =>
    spread(train);
