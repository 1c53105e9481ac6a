/** Recipes that were added in the studio, or lie in a folder of this machine, as the page gets them. */
import type { RecipeEntry } from './protocol.ts';

type Config = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of a file as that of a recipe: no dots and no separators, so that it leads nowhere else. */
export const recipeNameOf = (file: string): string =>
  file
    .replace(/\.json$/i, '')
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'recipe';

export const ownRecipeId = (name: string): string => `own:${name}`;

/** @param problem why it cannot be trained, where its keys were checked. */
export function entryOfOwn(
  name: string,
  config: Config,
  { id = ownRecipeId(name), origin = 'own', problem }: Partial<RecipeEntry> & Pick<RecipeEntry, 'problem'>,
): RecipeEntry {
  const { why, reference } = config;
  return {
    ...{ id, origin, name, config, problem },
    why: typeof why === 'string' ? why : '',
    reference: typeof reference === 'string' ? reference : null,
  };
}
