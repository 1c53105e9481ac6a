/**
 * Some steps of a recipe on images that are a function of nothing but this file, and what they end in. It is the built
 * code that runs: replicas are threads that load it.
 */
import { createHash } from 'node:crypto';
import { defineAutoencoder, shippedModels } from '../../dist/models/index.js';
import { nodeEngine } from '../../dist/node/engine/index.js';
import { withClasses } from '../../dist/recipe/conditional.js';
import type { Recipe } from '../../dist/recipe/recipe.js';
import { imageSpec, meanSample, memorySource, subset } from '../../dist/samples/index.js';
import { createTrainer, initialWeights } from '../../dist/training/index.js';

export interface Shape {
  height: number;
  width: number;
  channels: number;
}

const COUNT = 600;
const HELD = 50;

/** Soft blobs on black, a few to an image, of whole-number arithmetic: the same bytes on every machine. */
export function blobs(count: number, { height, width, channels }: Shape): Uint8Array {
  let state = 2463534242;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const size = height * width * channels;
  const bytes = new Uint8Array(count * size);
  for (let image = 0; image < count; image++) {
    for (let blob = 0; blob < 3; blob++) {
      const [y0, x0, r, channel] = [next(height), next(width), 3 + next(5), next(channels)];
      for (let y = Math.max(0, y0 - r); y < Math.min(height, y0 + r); y++) {
        for (let x = Math.max(0, x0 - r); x < Math.min(width, x0 + r); x++) {
          const far = (y - y0) ** 2 + (x - x0) ** 2;
          const value = Math.max(0, 255 - Math.floor((255 * far) / r ** 2));
          const place = image * size + (y * width + x) * channels + channel;
          bytes[place] = Math.max(bytes[place]!, value);
        }
      }
    }
  }
  return bytes;
}

const METADATA = { recipe: 'golden', hourglass: '0' };

function hashOf(parts: Iterable<readonly [string, Uint8Array | Float32Array]>): string {
  const hash = createHash('sha256');
  for (const [name, { buffer, byteOffset, byteLength }] of parts) {
    hash.update(`${name}\0`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 32);
}

type Tensors = ReadonlyMap<string, { values: Float32Array }>;

/** The ONNX files of a model with some weights, as they are shipped, and as they are exported for bytes. */
function hashOfFiles(recipe: Recipe, shape: Shape, tensors: Tensors): string {
  const { model } = withClasses(recipe, CLASSES);
  const weights = new Map([...tensors].map(([name, { values }]) => [name, values]));
  const definition = defineAutoencoder(model, shape);
  const files = (options: object) =>
    Object.entries(shippedModels(definition, shape, weights, METADATA, options)) as [string, Uint8Array][];
  return hashOf([...files({}), ...files({ preprocess: true, opset: 17 })]);
}

const CLASSES = Array.from({ length: 10 }, (_, label) => String(label));
/** A conditional model is told these; others do not look at them. */
const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % CLASSES.length);
const trainingImages = (shape: Shape) => memorySource(imageSpec(shape), blobs(COUNT, shape), { labels });

/** The files of a model as it begins: the same on every machine. */
export async function untrained(recipe: Recipe, shape: Shape): Promise<string> {
  const mean = await meanSample(trainingImages(shape));
  const first = initialWeights(
    nodeEngine,
    defineAutoencoder(withClasses(recipe, CLASSES).model, shape),
    recipe,
    7,
    { mean },
  );
  return hashOfFiles(recipe, shape, first);
}

export interface Trained {
  weights: string;
  optimiser: string;
  files: string;
  /** Losses of the last step and of validation, each with all its parts. */
  losses: string;
}

/** What is there after some steps: sums of floats, so that it depends on the processor and on ONNX Runtime. */
export async function trained(
  recipe: Recipe,
  shape: Shape,
  { threads, steps }: { threads: number; steps: number },
): Promise<Trained> {
  const images = trainingImages(shape);
  const trainer = await createTrainer(nodeEngine, {
    definition: defineAutoencoder(withClasses(recipe, CLASSES).model, shape),
    objective: recipe,
    settings: recipe.training,
    seed: 7,
    threads,
    mean: await meanSample(images),
  });
  const { batchSize, optimiser } = recipe.training;
  const perEpoch = Math.floor(COUNT / batchSize);
  let last = {};
  for (let step = 0; step < steps; step++) {
    const order = trainer.shuffle(COUNT, Math.floor(step / perEpoch));
    const start = (step % perEpoch) * batchSize;
    const batch = order.subarray(start, start + batchSize);
    last = await trainer.step(images, batch, {
      step,
      epochs: step / perEpoch,
      learningRate: optimiser.learningRate,
    });
  }
  const held = Uint32Array.from({ length: HELD }, (_, i) => i);
  const validation = await trainer.evaluate(subset(images, held));
  const tensorsOf = (tensors: Tensors) =>
    [...tensors].map(([name, { values }]) => [name, values] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const result = {
    weights: hashOf(tensorsOf(trainer.weights())),
    optimiser: hashOf(tensorsOf(trainer.optimiserState())),
    files: hashOfFiles(recipe, shape, trainer.weights()),
    losses: hashOf([['', new TextEncoder().encode(JSON.stringify([last, validation]))]]),
  };
  await trainer.dispose();
  return result;
}
