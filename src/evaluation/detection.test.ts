import { expect, test } from 'vitest';
import type { Model } from '../model/model.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { loadRecipe } from '../node/recipes.ts';
import { imageSpec, memorySource } from '../samples/index.ts';
import { measureDetection } from './detection.ts';
import { SILENT } from './progress.ts';

const SHAPE = { height: 32, width: 32, channels: 1 };
const COUNT = 12;

/** Grey slopes, all alike, of some classes. */
const labelled = (labels: readonly number[]) => {
  const bytes = Uint8Array.from({ length: COUNT * 1024 }, (_, i) => 60 + 4 * (i % 32));
  return { ...memorySource(imageSpec(SHAPE), bytes), labels: Uint8Array.from(labels) };
};

/** Gives back the slope, whatever it sees: a defect is removed as a whole. */
const model = {
  info: { image: SHAPE, rows: null },
  reconstruct: async (images: Float32Array) => ({
    data: images.map((_, i) => (60 + 4 * (i % 32)) / 255),
    shape: [images.length / 1024, 1, 32, 32],
  }),
} as unknown as Model;

const measured = (recipe: string, labels: readonly number[], classes: readonly string[]) => {
  const test = labelled(labels);
  return measureDetection(
    {
      ...{ engine: nodeEngine, model, recipe: loadRecipe(recipe), residuals: null, seed: 1 },
      dataset: { classes: [...classes], test },
    },
    SILENT,
  );
};

const zeros = new Array<number>(COUNT).fill(0);

test('where all test images are good, made defects are drawn into them, and the result says so', async () => {
  const found = (await measured('inspect', zeros, ['all']))!;
  expect(found.made).toContain('made defects of 2 % to 30 % of the shorter side');
  expect(found.good).toBe(COUNT);
  expect(found.defective).toBeGreaterThan(COUNT / 2);
  expect(found.masks).toBe(found.defective);
  const { auroc, pixels, classes } = found.scores['smoothed-max']!;
  expect(auroc).toBe(1);
  expect(pixels!.pixelAuroc).toBeGreaterThan(0.98);
  expect(classes).toEqual({});
  expect(await measured('inspect', zeros, ['all'])).toEqual(found);
});

test('classes are not taken for good images, and a model that was not trained on defects is not measured by them', async () => {
  const halves = zeros.map((_, i) => i % 2);
  expect(await measured('inspect', halves, ['cat', 'dog'])).toBe(null);
  expect(await measured('conv', zeros, ['all'])).toBe(null);
});
