/** What trainings need of the files that come along: recipes and digits. */
import { HourglassError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import { anotherFile, bytesOf, fetched } from './engine-files.ts';
import { unpacked } from './unpacked.ts';

/** The version in package.json; scripts/browser.js writes it there. */
export const VERSION = 'VERSION';

/** Bundlers find a file by this way of writing its address, so each is written out. */
const RECIPES = new URL('./recipes.json', import.meta.url);
const DIGITS = new URL('./mnist-10k-images-idx3-ubyte.gz', import.meta.url);

/** 10,000 digits of MNIST as the bytes of an IDX file: the data set `mnist-10k`. */
export const loadDigits = async (): Promise<Uint8Array> => unpacked(await bytesOf(DIGITS), DIGITS.href);

/**
 * A recipe that comes along.
 * @throws HourglassError of kind 'usage' if there is none of this name.
 */
export async function loadRecipe(name: string): Promise<object> {
  const text = await (await fetched(RECIPES)).text();
  let recipes: Record<string, object>;
  try {
    recipes = JSON.parse(text);
  } catch (error) {
    throw anotherFile(RECIPES, (error as Error).message);
  }
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (recipe !== undefined) return recipe;
  const names = Object.keys(recipes);
  const meant = nearest(name, names);
  throw new HourglassError('usage', {
    subject: 'recipe',
    rule: `must be one of ${names.join(', ')}, or an object`,
    got: name,
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}
