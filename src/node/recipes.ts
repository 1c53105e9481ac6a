/** Recipes as files: those that come with hourglass, by name, and any JSON file. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { packageFile } from '../installation.ts';
import { readTextIfThereSync } from '../read-file.ts';
import { parseRaw, parseRecipe, type RawRecipe, RECIPE_NAME, type Recipe } from '../recipe/recipe.ts';
import { nearest } from '../suggest.ts';

const recipesFolder = () => packageFile(new URL('../../recipes/', import.meta.url));
const SCHEMA_FILE = 'recipe.schema.json';

/**
 * The names of the recipes that come with hourglass, in alphabetical order.
 *
 * @example
 * ```ts
 * import { recipeNames } from 'hourglass';
 *
 * console.log(recipeNames().join(' ')); // basic beta-vae code3d …
 * ```
 */
export function recipeNames(): string[] {
  return readdirSync(recipesFolder())
    .filter((file) => file.endsWith('.json') && file !== SCHEMA_FILE)
    .map((file) => basename(file, '.json'))
    .sort();
}

/**
 * Reads a recipe, checks every key and fills in the defaults.
 *
 * @param source a recipe's name, the path of a JSON file (it must end in `.json`), or the recipe as an object.
 * @param overrides values to replace, by their paths: `{ 'training.epochs': 5 }`.
 * @throws HourglassError of kind `usage` that names the key and the rule.
 *
 * @example
 * ```ts
 * import { loadRecipe } from 'hourglass';
 *
 * const recipe = loadRecipe('vae', { 'training.epochs': 5, 'model.code.units': 4 });
 * console.log(recipe.loss.type, recipe.training.epochs); // bce 5
 * ```
 */
export function loadRecipe(
  source: string | object,
  overrides: Readonly<Record<string, unknown>> = {},
): Recipe {
  return typeof source === 'string'
    ? parseRaw(readRecipe(source), overrides, source)
    : parseRecipe(source, overrides);
}

function readRecipe(source: string): RawRecipe {
  const isFile = source.endsWith('.json');
  const file = isFile ? source : join(recipesFolder(), `${source}.json`);
  if (!isFile && (!RECIPE_NAME.test(source) || !recipeNames().includes(source))) {
    const names = recipeNames();
    const meant = nearest(source, names);
    // Only a folder contains itself.
    const isFolder = existsSync(`${source}/.`);
    throw new HourglassError('usage', {
      subject: 'recipe',
      rule: `must be one of ${names.join(', ')}, or a .json file`,
      got: source,
      ...(isFolder
        ? { hint: 'this is a folder; to train on its images, name a recipe and give the folder as --data' }
        : meant === undefined
          ? {}
          : { hint: `did you mean ${meant}?` }),
    });
  }
  // A recipe takes a few kilobytes; a parser may take seconds over anything else.
  const text = readTextIfThereSync(file, { most: 1e6, kind: 'usage' });
  if (text === null) throw new HourglassError('usage', { subject: file, rule: 'there is no such file' });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new SyntaxError('not an object');
    return value as RawRecipe;
  } catch (cause) {
    throw new HourglassError(
      'usage',
      { subject: file, rule: `must hold one JSON object (${(cause as Error).message})` },
      { cause },
    );
  }
}
