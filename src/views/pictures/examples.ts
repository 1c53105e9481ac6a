/** A few test images as the model receives them: the first of each class, with the task's own noise. */

import type { SampleSet } from '../../data/dataset.ts';
import type { Engine } from '../../engine/index.ts';
import type { Definition } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { corruptImages } from '../../training/index.ts';
import { type Examples, pickExamples } from './input.ts';

export interface TaskExamples extends Examples {
  /** The encoder's input, [n, height, width]: noisy images for a denoiser, otherwise the images themselves. */
  inputs: Float32Array;
}

export async function taskExamples({
  engine,
  dataset,
  recipe,
  definition,
  manifest,
}: {
  engine: Engine;
  dataset: SampleSet;
  recipe: Recipe;
  definition: Definition;
  manifest: { seed: number };
}): Promise<TaskExamples> {
  const examples = await pickExamples(dataset, dataset.test);
  const inputs = await corruptImages(engine, recipe.corruption, examples.images, definition.shape, {
    split: 'test',
    seed: manifest.seed,
    range: dataset.test.spec.range,
  });
  return { ...examples, inputs };
}
