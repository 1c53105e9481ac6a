import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AutoencoderConfig,
  defineAutoencoder,
  type ObjectiveConfig,
  shippedModels,
} from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { imageSpec, memorySource } from '../samples/index.ts';
import { corruptImages } from './corrupt.ts';
import { createEvaluator, evaluationGraph } from './evaluator.ts';
import {
  BUSY_MODEL,
  lowRankImages,
  MANY_PARTS,
  modelOf,
  NOISY_MODEL,
  objectiveOf,
  settingsOf,
  trainerOf,
} from './testing.ts';
import { initialWeights, type Trainer } from './trainer.ts';

const SHAPE = { height: 1, width: 6, channels: 1 };
const PIXELS = 6;
/** More than an evaluation runs on at once. */
const HELD = lowRankImages(730, PIXELS, 2, 2);
const TRAIN = lowRankImages(40, PIXELS, 2, 1);
const SEED = 5;

/** A trainer after a few steps. */
async function trained(model: AutoencoderConfig, objective: ObjectiveConfig, steps = 12): Promise<Trainer> {
  const settings = settingsOf({ optimiser: { type: 'adam', learningRate: 0.02 } });
  const trainer = await trainerOf(model, PIXELS, settings, { seed: SEED, objective });
  for (let step = 0; step < steps; step++) {
    const indices = Uint32Array.from({ length: 8 }, (_, i) => (8 * step + i) % TRAIN.count);
    await trainer.step(TRAIN, indices, { step, epochs: step / 5, learningRate: 0.02 });
  }
  return trainer;
}

const copies = (trainer: Trainer) =>
  new Map(
    [...trainer.weights()].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]),
  );

describe.each<[string, AutoencoderConfig, ObjectiveConfig]>([
  ['many parts and all noise', NOISY_MODEL, MANY_PARTS],
  ['batch norm and dropout', BUSY_MODEL, objectiveOf('mae')],
  [
    'a sparse, denoising code',
    modelOf({ code: { units: 4, activation: 'sigmoid' }, tied: true }),
    objectiveOf('bce', {
      corruption: { type: 'saltAndPepper', rate: 0.3 },
      penalties: { sparsity: { weight: 0.1 }, contraction: { weight: 0.1 } },
    }),
  ],
])('an evaluation of %s', (_, model, objective) => {
  let trainer: Trainer;
  beforeAll(async () => {
    trainer = await trained(model, objective);
  });
  afterAll(() => trainer.dispose());

  test('has the same bits from a trainer and from its weights alone', async () => {
    const definition = defineAutoencoder(model, SHAPE);
    const evaluator = await createEvaluator(nodeEngine, { definition, objective }, copies(trainer), {
      seed: SEED,
      threads: 1,
    });
    expect(evaluator.parts).toEqual(trainer.parts);
    for (const split of ['validation', 'test'] as const) {
      expect(await evaluator.evaluate(HELD, split)).toEqual(await trainer.evaluate(HELD, split));
    }
    expect(await trainer.evaluate(HELD)).toEqual(await trainer.evaluate(HELD, 'validation'));
    await evaluator.dispose();
  });

  test('has the parts by name, and they add up', async () => {
    const losses = await trainer.evaluate(HELD);
    expect(Object.keys(losses)).toEqual(['loss', ...trainer.parts.map(({ name }) => name)]);
    const total = trainer.parts.reduce((sum, { name, weight }) => sum + weight * losses[name]!, 0);
    expect(Math.abs(losses.loss! / total - 1)).toBeLessThan(1e-5);
  });

  test('changes nothing of a training, and is changed by none of its noise', async () => {
    const before = await trainer.evaluate(HELD);
    const indices = Uint32Array.of(0, 1, 2, 3);
    // At a rate of 0 the weights stay; the statistics of batch normalisation are put back.
    const kept = copies(trainer);
    const step = () => trainer.step(TRAIN, indices, { step: 7, epochs: 1, learningRate: 0 });
    const restore = () => {
      for (const [name, { values }] of trainer.weights()) values.set(kept.get(name)!.values);
    };
    const first = await step();
    restore();
    expect(await trainer.evaluate(HELD)).toEqual(before);
    expect(await step()).toEqual(first);
    restore();
  });
});

test('the noise of an evaluation is what corrupted images show, whatever it runs on at once', async () => {
  const objective = objectiveOf('mse', { corruption: { type: 'gaussian', sigma: 0.3 } });
  const trainer = await trained(BUSY_MODEL, objective);
  const weights = new Map([...copies(trainer)].map(([name, { values }]) => [name, values]));
  const files = shippedModels(defineAutoencoder(BUSY_MODEL, SHAPE), SHAPE, weights, {});
  const model = await nodeEngine.open(files.autoencoder, { threads: 1 });
  const clean = Float32Array.from(HELD.values, (byte) => byte / 255);
  for (const split of ['validation', 'test'] as const) {
    const seen = await corruptImages(nodeEngine, objective.corruption, clean, SHAPE, { split, seed: SEED });
    const { reconstruction } = await model.run({ image: { data: seen, shape: [HELD.count, 1, 1, 6] } });
    const mse = clean.reduce((sum, x, i) => sum + (x - reconstruction!.data[i]!) ** 2, 0) / clean.length;
    const { loss } = await trainer.evaluate(HELD, split);
    expect(Math.abs(loss! / mse - 1), split).toBeLessThan(1e-5);
  }
  await model.dispose();
  await trainer.dispose();
});

test('an evaluation of many samples says how far it is', async () => {
  const definition = defineAutoencoder(BUSY_MODEL, SHAPE);
  const objective = objectiveOf('mse');
  const weights = initialWeights(nodeEngine, definition, objective, 1);
  const options = { seed: 1, threads: 1 };
  const evaluator = await createEvaluator(nodeEngine, { definition, objective }, weights, options);
  const many = memorySource(imageSpec(SHAPE), new Uint8Array(1250 * PIXELS));
  const shares: number[] = [];
  await evaluator.evaluate(many, 'test', (share) => shares.push(share));
  expect(shares).toEqual([0, 0.4, 0.8]);
  await evaluator.dispose();
});

test('weights that are missing or of another size are told by name', async () => {
  const definition = defineAutoencoder(BUSY_MODEL, SHAPE);
  const objective = objectiveOf('mse');
  const weights = initialWeights(nodeEngine, definition, objective, 1);
  const create = () =>
    createEvaluator(nodeEngine, { definition, objective }, weights, { seed: 1, threads: 1 });
  weights.set('encoder.code.bias', { shape: [2], values: new Float32Array(2) });
  await expect(create()).rejects.toThrow("tensor 'encoder.code.bias' must have 3 values, got 2");
  weights.delete('encoder.dense1.weight');
  await expect(create()).rejects.toThrow("tensor 'encoder.dense1.weight' must have");
});

test('the first weights are those a trainer begins with', async () => {
  const trainer = await trained(NOISY_MODEL, MANY_PARTS, 0);
  const first = initialWeights(nodeEngine, defineAutoencoder(NOISY_MODEL, SHAPE), MANY_PARTS, SEED);
  expect(first).toEqual(copies(trainer));
  await trainer.dispose();
});

describe('a weight that is warmed up', () => {
  test('has its value at each step, by the epochs before it', async () => {
    const trainer = await trained(NOISY_MODEL, MANY_PARTS, 0);
    const weights = Object.fromEntries(trainer.parts.map(({ name, weight }) => [name, weight]));
    for (const [epochs, klWeight] of [
      [0, 0],
      [0.3, 0.1],
      [0.75, 0.25],
      [1.5, 0.5],
      [7, 0.5],
      [0.3, 0.1],
    ] as const) {
      const place = { step: 3, epochs, learningRate: 0 };
      const losses = await trainer.step(TRAIN, Uint32Array.of(0, 1, 2, 3, 4), place);
      const rest = Object.entries(weights)
        .filter(([name]) => name !== 'klDivergence')
        .reduce((sum, [name, weight]) => sum + weight * losses[name]!, 0);
      expect(losses.klDivergence).toBeGreaterThan(0.1);
      expect((losses.loss! - rest) / losses.klDivergence!).toBeCloseTo(klWeight, 4);
    }
    await trainer.dispose();
  });

  test('moves no weight of the code’s variance while it is 0 but through the samples', async () => {
    // A decoder without weights on the code sees no samples: the KL divergence alone is left.
    const model = modelOf({ code: { type: 'gaussian', units: 2, kl: { weight: 1, warmup: 2 } } });
    const trainer = await trained(model, objectiveOf('mse'), 0);
    trainer.weights().get('decoder.output.weight')!.values.fill(0);
    const bias = () => [...trainer.weights().get('encoder.code.mean.bias')!.values];
    const step = (epochs: number) =>
      trainer.step(TRAIN, Uint32Array.of(0, 1, 2), { step: 0, epochs, learningRate: 0.01 });
    const before = bias();
    await step(0);
    expect(bias()).toEqual(before);
    trainer.weights().get('decoder.output.weight')!.values.fill(0);
    await step(1);
    expect(bias()).not.toEqual(before);
    await trainer.dispose();
  });
});

test('rows of a run follow from memory: 500 images of 28 × 28, fewer large ones and fewer with large maps', () => {
  const rowsOf = (side: number, channels: number) => {
    const encoder = [{ type: 'conv', channels, kernel: 3 }, { type: 'flatten' }];
    const model = modelOf({ encoder: channels === 0 ? [] : encoder });
    const shape = { height: side, width: side, channels: 3 };
    return evaluationGraph(defineAutoencoder(model, shape), objectiveOf('mse')).rows;
  };
  expect([rowsOf(28, 0), rowsOf(28, 64)]).toEqual([500, 500]);
  expect([rowsOf(128, 0), rowsOf(128, 64)]).toEqual([42, 32]);
  expect(rowsOf(1024, 16)).toBe(1);
});
