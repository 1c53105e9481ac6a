/** A recipe for a data set with a name, whose images have a size of their own. */
import { loadRecipe } from '../../node/recipes.ts';
import { FOLDER_SETTINGS } from '../../recipe/index.ts';
import { isObject } from '../own-recipes.ts';

type Recipe = string | Readonly<Record<string, unknown>>;

/** Without the recipe's own settings of how a folder becomes images: the page's form does not have them. */
export function forNamedSet(recipe: Recipe): Recipe {
  const config: Readonly<Record<string, unknown>> =
    typeof recipe === 'string' ? { ...loadRecipe(recipe) } : recipe;
  const { data } = config;
  if (!isObject(data) || !FOLDER_SETTINGS.some((key) => Object.hasOwn(data, key))) return recipe;
  const kept = Object.entries(data).filter(([key]) => !FOLDER_SETTINGS.includes(key));
  return { ...config, data: Object.fromEntries(kept) };
}
