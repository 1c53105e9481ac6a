/** A recipe, checked and complete, for a page that shows or edits it. */
import { HourglassError } from '../../errors.ts';
import { startWorker } from '../worker-thread.ts';
import { WorkerClient } from './worker-client.ts';

/**
 * Checks every key of a recipe and fills in the defaults.
 *
 * @param recipe a recipe's name, or the recipe as an object.
 * @param overrides values to replace, by their paths: `{ 'training.epochs': 5 }`.
 * @throws HourglassError of kind `usage` that names the key and the rule.
 *
 * @example
 * ```ts
 * import { loadRecipe } from 'hourglass/web';
 *
 * const recipe = await loadRecipe('vae', { 'training.epochs': 5 });
 * console.log(recipe.training); // { epochs: 5, … }
 * ```
 */
export async function loadRecipe(
  recipe: string | object,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const client = new WorkerClient(startWorker());
  try {
    return await client.call('recipe', recipe, overrides);
  } finally {
    await client.end(new HourglassError('usage', { subject: 'recipe', rule: 'is loaded' }));
  }
}
