/** Whether a recipe's reference, a figure published for MNIST, says anything about a run's data. */
import type { Recipe } from './recipe.ts';

/** The digits that references are about: MNIST, and the 10,000 of them that come with hourglass. */
const DIGITS: readonly string[] = ['mnist', 'mnist-10k'];

export const speaksOf = (
  recipe: Pick<Recipe, 'reference'>,
  dataset: string,
): recipe is { reference: string } & typeof recipe =>
  recipe.reference !== undefined && DIGITS.includes(dataset);
