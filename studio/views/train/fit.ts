/** Whether a recipe is for images or for rows of a table, and whether data are what it is for. */
import type { DataEntry, RecipeEntry } from '../../../src/studio/protocol.ts';

export interface Misfit {
  readonly sentence: string;
  /** The id of a recipe that fits; null where other data are the way out. */
  readonly remedy: string | null;
}

/** Recipes of hourglass whose data are a table. One of your own may name a table of picture files. */
export const isForRows = ({ origin, config }: Pick<RecipeEntry, 'origin' | 'config'>): boolean =>
  origin === 'hourglass' && /\.csv$/.test(String((config.data as { set?: unknown } | undefined)?.set ?? ''));

/** Of other recipes than those of hourglass, the training says whether they fit. */
export function fitOf(recipe: RecipeEntry, { samples, title }: DataEntry): Misfit | null {
  if (recipe.origin !== 'hourglass') return null;
  if (isForRows(recipe) && samples === 'image') {
    const sentence = `${recipe.name} is for rows of a table, and ${title} are images: add a table, or choose another recipe.`;
    return { sentence, remedy: null };
  }
  if (!isForRows(recipe) && samples === 'row') {
    const sentence = `${recipe.name} is for images, and ${title} is a table.`;
    return { sentence, remedy: 'table' };
  }
  return null;
}
