/** How long a step of a training takes on an engine: what devices are compared by. */
import type { SampleSet } from '../../data/dataset.ts';
import type { Device, Engine } from '../../engine/index.ts';
import { defineAutoencoder } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { imageSpec, memorySource } from '../../samples/index.ts';
import { createTrainer } from '../../training/index.ts';

/** Steps that are measured, after one that compiles. */
const STEPS = 3;

/** Milliseconds of the fastest step, on grey images. */
export async function stepTime(
  { engine, device, threads }: { engine: Engine; device: Device; threads: number },
  { recipe, samples }: { recipe: Recipe; samples: Pick<SampleSet, 'height' | 'width' | 'channels'> },
): Promise<number> {
  const { height, width, channels } = samples;
  const shape = { height, width, channels };
  const { batchSize } = recipe.training;
  const values = height * width * channels;
  const images = {
    ...memorySource(imageSpec(shape), new Uint8Array(batchSize * values).fill(127)),
    labels: new Uint8Array(batchSize),
  };
  const trainer = await createTrainer(engine, {
    definition: defineAutoencoder(recipe.model, shape),
    objective: recipe,
    settings: recipe.training,
    seed: 0,
    ...{ threads, device },
    mean: new Float32Array(values).fill(0.5),
  });
  const indices = Uint32Array.from({ length: batchSize }, (_, i) => i);
  let fastest = Number.POSITIVE_INFINITY;
  for (let step = 0; step <= STEPS; step++) {
    const start = performance.now();
    await trainer.step(images, indices, { step, epochs: 0, learningRate: 0 });
    if (step > 0) fastest = Math.min(fastest, performance.now() - start);
  }
  await trainer.dispose();
  return fastest;
}
