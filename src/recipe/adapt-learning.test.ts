/** What the rule is for: a recipe tuned on MNIST learns from a few bright images with many pixels. */
import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { whyNothing } from '../diagnosis/causes.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { defineAutoencoder, type ImageShape } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadRecipe } from '../node/recipes.ts';
import type { MetricsRow } from '../record/index.ts';
import { imageSpec, type MemorySource, meanSample, memorySource } from '../samples/index.ts';
import { createTrainer, trainingLoop } from '../training/index.ts';
import { adaptRecipe } from './adapt.ts';
import type { Recipe } from './recipe.ts';

const SIDE = 32;
const SHAPE = { height: SIDE, width: SIDE, channels: 3 };
const SQUARE = 12;

/** Squares in any colour and place on a bright ground: 3,072 values an image, nearly all of them alike. */
function squares(count: number, seed: number): MemorySource {
  const draw = random(seed);
  const pixels = new Uint8Array(count * SIDE * SIDE * 3).fill(225);
  for (let n = 0; n < count; n++) {
    const [top, left] = [Math.floor(4 + 12 * draw()), Math.floor(4 + 12 * draw())];
    for (let channel = 0; channel < 3; channel++) {
      const level = Math.round(40 + 120 * draw());
      for (let y = top; y < top + SQUARE; y++) {
        const start = ((n * 3 + channel) * SIDE + y) * SIDE + left;
        pixels.fill(level, start, start + SQUARE);
      }
    }
  }
  return memorySource(imageSpec(SHAPE), pixels);
}

/** The error on held-out images as a part of the mean image's, after a fifth of the epochs that the rule gives. */
async function errorOf(adapt: boolean): Promise<number> {
  const loaded = { ...loadRecipe('basic'), adapt };
  const given = { epochs: 60 };
  const { reconstruction, mean } = await trained(loaded, SHAPE, [squares(64, 1), squares(32, 2)], given);
  return reconstruction / mean;
}

/** The reconstruction error left by `contractive` without its penalty, on small squares, as a part of the mean image's. */
async function contractiveError(set: Record<string, unknown>): Promise<number> {
  const shape = { height: SIDE / 2, width: SIDE / 2, channels: 1 };
  const loaded = loadRecipe('contractive', { 'penalties.contraction': null, ...set });
  const sets = [smallSquares(64, 1), smallSquares(32, 2)] as const;
  const { reconstruction, mean } = await trained(loaded, shape, sets, { epochs: 40 }, Object.keys(set));
  return reconstruction / (mean * SIDE ** 2 * 0.25);
}

/** The recipe fitted to the first set and trained on it: the reconstruction loss on the second, and the mean image's squared error. */
async function trained(
  loaded: Recipe,
  shape: ImageShape,
  [train, held]: readonly [MemorySource, MemorySource],
  changes: Partial<Recipe['training']>,
  given: readonly string[] = [],
): Promise<{ reconstruction: number; mean: number }> {
  const mean = await meanSample(train);
  const { recipe } = await adaptRecipe(loaded, shape, train.count, given, async () => 52.7);
  const settings = { ...recipe.training, ...changes };
  const definition = defineAutoencoder(recipe.model, shape);
  const options = { definition, objective: recipe, settings, seed: 1, threads: 1, mean };
  const trainer = await createTrainer(nodeEngine, options);
  for await (const _ of trainingLoop({ trainer, train, validation: held, settings }));
  const { reconstruction } = await trainer.evaluate(held);
  await trainer.dispose();
  let error = 0;
  for (const [i, byte] of held.values.entries()) error += (byte / 255 - mean[i % mean.length]!) ** 2;
  return { reconstruction: reconstruction!, mean: error / held.values.length };
}

/** Every second pixel of the first channel. */
function smallSquares(count: number, seed: number): MemorySource {
  const { values } = squares(count, seed);
  const side = SIDE / 2;
  const small = new Uint8Array(count * side * side);
  for (const i of small.keys()) {
    const [n, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    small[i] = values[n * 3 * SIDE ** 2 + 2 * y * SIDE + 2 * x]!;
  }
  return memorySource(imageSpec({ height: side, width: side, channels: 1 }), small);
}

test("'contractive' learns with it; at its own learning rate it does not, and the diagnosis's remedy cures that", async () => {
  const rate = 'training.optimiser.learningRate';
  expect(await contractiveError({})).toBeLessThan(0.8);
  expect(await contractiveError({ [rate]: 0.006 })).toBeGreaterThan(0.95);
  const { cause, remedy } = whyNothing(stuckAt(0.006));
  expect(cause).toContain('sigmoid');
  const advised = /--set training\.optimiser\.learningRate=([\d.]*\d)/.exec(remedy)?.[1];
  expect(await contractiveError({ [rate]: Number(advised) })).toBeLessThan(0.8);
});

/** A finished training of `contractive` that is no better than the mean image. */
function stuckAt(learningRate: number): Facts {
  const recipe = loadRecipe('contractive', {
    'training.optimiser.learningRate': learningRate,
    'penalties.contraction': null,
  });
  const row = { step: 2000, training: { loss: 25 }, validation: { loss: 25 } } as unknown as MetricsRow;
  return { recipe, epochs: [row, row], figures: {} as Facts['figures'], range: null };
}

test("the recipe 'basic' gets well below the mean image's error with it, and not without", async () => {
  expect(await errorOf(true)).toBeLessThan(0.7);
  expect(await errorOf(false)).toBeGreaterThan(0.8);
});
