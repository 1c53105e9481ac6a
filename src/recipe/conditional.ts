/** The classes that a conditional model is told: those of the data, by their labels. */
import { HourglassError } from '../errors.ts';
import type { LabelledSource } from '../samples/index.ts';
import type { Recipe } from './recipe.ts';

/** Data whose samples may have classes. */
interface ClassedData {
  readonly name: string;
  readonly classes: readonly string[];
  readonly train: LabelledSource;
  readonly validation: LabelledSource;
  readonly test: LabelledSource;
}

/** The one class of data without classes. */
const NO_CLASS = 'all';

/** The recipe with the names of the data's classes in `model.condition`, where it has a condition without them. */
export function withClasses(recipe: Recipe, classes: readonly string[]): Recipe {
  const { condition } = recipe.model;
  if (condition === undefined || condition.classes !== undefined) return recipe;
  return { ...recipe, model: { ...recipe.model, condition: { ...condition, classes: [...classes] } } };
}

/**
 * A conditional recipe with the classes of the data, and those of them that have no training images; other recipes are as they are.
 * @throws HourglassError (data) for data without classes, and a class that is measured but not learned; (usage) if the recipe
 * names other classes than the data have.
 */
export function fitCondition(recipe: Recipe, data: ClassedData): Recipe {
  const { condition } = recipe.model;
  if (condition === undefined) return recipe;
  const { name, classes, train } = data;
  if (classes.length === 1 && classes[0] === NO_CLASS) {
    throw new HourglassError('data', {
      subject: name,
      rule: 'must have classes: the recipe is conditional, and encoder and decoder are told the class of each image',
      got: 'images without labels',
      hint: 'put the images of each class into a folder of its own, name the label column of a table (data.label), or leave model.condition out',
    });
  }
  if (condition.classes !== undefined && condition.classes.join('\0') !== classes.join('\0')) {
    throw new HourglassError('usage', {
      subject: 'model.condition.classes',
      rule: `must be the classes of ${name}, in their order: ${classes.join(', ')}`,
      got: condition.classes.join(', '),
      hint: 'leave it out: the classes follow from the data',
    });
  }
  const seen = new Set(train.labels);
  for (const split of ['validation', 'test'] as const) {
    const missing = data[split].labels.find((label) => !seen.has(label));
    if (missing === undefined) continue;
    throw new HourglassError('data', {
      subject: `class ${classes[missing]} of ${name}`,
      rule: `has ${split} images but none to train on: a conditional model cannot be told a class that it never saw`,
      hint: 'add training images of it, leave it out with --classes, or train without model.condition',
    });
  }
  const unseen = classes.filter((_, label) => !seen.has(label));
  const fitted = { on: condition.on, classes: [...classes], ...(unseen.length === 0 ? {} : { unseen }) };
  return { ...recipe, model: { ...recipe.model, condition: fitted } };
}
