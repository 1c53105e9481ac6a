/** Steps on several threads, of the build: a thread begins with a file. */
import { expect, test } from 'vitest';
import { autoencoderSchema, defineAutoencoder, objectiveSchema } from '../dist/models/index.js';
import { nodeEngine } from '../dist/node/engine/index.js';
import { imageSpec, meanSample, memorySource } from '../dist/samples/index.js';
import { createTrainer, type Trainer, trainingSchema } from '../dist/training/index.js';
import { random } from './reference/random.ts';

const SHAPE = { height: 6, width: 6, channels: 1 };
const draw = random(3);
const images = memorySource(
  imageSpec(SHAPE),
  Uint8Array.from({ length: 60 * 36 }, () => 256 * draw()),
  { labels: Uint8Array.from({ length: 60 }, (_, i) => (i * i) % 3) },
);
const mean = await meanSample(images);

const MAPS = {
  model: {
    encoder: [
      { type: 'conv', channels: 4, kernel: 3, activation: 'relu' },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
    ],
    code: { type: 'gaussian', units: 3, kl: { warmup: 2 } },
    decoder: [{ type: 'dense', units: 20, activation: 'tanh' }],
  },
  objective: { corruption: { type: 'gaussian', sigma: 0.2 }, loss: { type: 'bce' } },
};
const CONTRACTIVE = {
  model: {
    encoder: [{ type: 'dense', units: 12, activation: 'sigmoid' }],
    code: { units: 5, activation: 'sigmoid' },
    decoder: [],
  },
  objective: { loss: { type: 'mse' }, penalties: { contraction: { weight: 0.5 } } },
};

/** Its weights begin at the images' mean, in each replica too. */
const CENTRED = { ...CONTRACTIVE, model: { ...CONTRACTIVE.model, centre: true } };

/** Each replica is told the classes of its share. */
const CONDITIONAL = {
  ...MAPS,
  model: { ...MAPS.model, condition: { on: 'class', classes: ['a', 'b', 'c'] } },
};

type Case = typeof MAPS | typeof CONTRACTIVE;

const trainer = ({ model, objective }: Case, threads: number): Promise<Trainer> =>
  createTrainer(nodeEngine, {
    definition: defineAutoencoder(autoencoderSchema().parse({ family: 'autoencoder', ...model }), SHAPE),
    objective: objectiveSchema().parse(objective),
    settings: trainingSchema.parse({ epochs: 1, batchSize: 24, clipNorm: 1 }),
    seed: 5,
    threads,
    mean,
  });

/** A few steps, the last on a short batch: losses, last gradients, weights. */
async function trained(made: Trainer, lengths = [24, 24, 13, 1]) {
  const losses: number[] = [];
  const order = made.shuffle(images.count, 0);
  for (const [step, length] of lengths.entries()) {
    const place = { step, epochs: step / 3, learningRate: 0.01 };
    losses.push((await made.step(images, order.subarray(step, step + length), place)).loss!);
  }
  const copy = (tensors: Map<string, { values: Float32Array }>) =>
    new Map([...tensors].map(([name, { values }]) => [name, values.slice()]));
  const result = { losses, gradients: copy(made.gradients()), weights: copy(made.weights()) };
  await made.dispose();
  return result;
}

test.each<[string, Case]>([
  ['maps', MAPS],
  ['contraction', CONTRACTIVE],
  ['a centred model', CENTRED],
  ['a conditional model', CONDITIONAL],
])('%s: as on one thread, and the same bits every time', async (_, given) => {
  const alone = await trained(await trainer(given, 1));
  for (const threads of [2, 3]) {
    const [first, second] = [
      await trained(await trainer(given, threads)),
      await trained(await trainer(given, threads)),
    ];
    expect(first).toEqual(second);
    for (const [i, loss] of first.losses.entries()) expect(loss).toBeCloseTo(alone.losses[i]!, 3);
    const [{ gradients }, reference] = [
      await trained(await trainer(given, threads), [23]),
      await trained(await trainer(given, 1), [23]),
    ];
    for (const [name, values] of gradients) {
      const expected = reference.gradients.get(name)!;
      const largest = Math.max(...expected.map(Math.abs), 1e-6);
      const off = values.map((value, i) => Math.abs(value - expected[i]!) / largest);
      expect(Math.max(...off), name).toBeLessThan(2e-5);
    }
  }
});
