/** A few test images as the model receives them: the first of each class, with the task's own noise. */
import { corruptImages } from '../training/index.ts';
import { type Examples, pickExamples } from './pictures/input.ts';
import type { Session } from './state.ts';

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
}: Pick<Session, 'engine' | 'dataset' | 'recipe' | 'definition' | 'manifest'>): Promise<TaskExamples> {
  const examples = pickExamples(dataset, dataset.test);
  const inputs = await corruptImages(engine, recipe.corruption, examples.images, definition.pixels, {
    split: 'test',
    seed: manifest.seed,
  });
  return { ...examples, inputs };
}
