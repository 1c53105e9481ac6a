/** The losses of a recipe's first steps on an engine: what two engines are compared by. */
import type { Engine } from '../../src/engine/index.ts';
import { defineAutoencoder, sideDivisor } from '../../src/models/index.ts';
import { loadRecipe } from '../../src/node/recipes.ts';
import { imageSpec, meanSample, memorySource, subset } from '../../src/samples/index.ts';
import { createTrainer } from '../../src/training/index.ts';
import { blobs } from '../golden/steps.ts';

const COUNT = 1280;
const HELD = 64;
const SEED = 7;

export interface StepsOptions {
  steps: number;
  batchSize: number;
  threads: number;
}

/** The loss of each step, and at the end that of validation. */
export async function lossesOf(
  engine: Engine,
  name: string,
  { steps, batchSize, threads }: StepsOptions,
): Promise<number[]> {
  const recipe = loadRecipe(name);
  // Of digits; a little larger where strides do not divide 28.
  const divisor = sideDivisor(recipe.model.encoder);
  const side = divisor * Math.ceil(28 / divisor);
  const shape = { height: side, width: side, channels: 1 };
  const images = memorySource(imageSpec(shape), blobs(COUNT, shape));
  const trainer = await createTrainer(engine, {
    definition: defineAutoencoder(recipe.model, shape),
    objective: recipe,
    settings: { ...recipe.training, batchSize },
    seed: SEED,
    threads,
    mean: await meanSample(images),
  });
  try {
    const perEpoch = Math.floor(COUNT / batchSize);
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const order = trainer.shuffle(COUNT, Math.floor(step / perEpoch));
      const first = (step % perEpoch) * batchSize;
      const batch = order.subarray(first, first + batchSize);
      const learningRate = recipe.training.optimiser.learningRate;
      const { loss } = await trainer.step(images, batch, { step, epochs: step / perEpoch, learningRate });
      losses.push(loss!);
    }
    const held = subset(
      images,
      Uint32Array.from({ length: HELD }, (_, i) => i),
    );
    losses.push((await trainer.evaluate(held)).loss!);
    return losses;
  } finally {
    await trainer.dispose();
  }
}

/** The largest difference of two lists of losses, relative to the second. */
export function farthest(found: readonly number[], expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(found[i]! - value) / Math.abs(value)));
}
