import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { startCodebooks } from './codebooks.ts';
import { modelOf, objectiveOf } from './testing.ts';
import { initialWeights } from './trainer.ts';

const SHAPE = { height: 4, width: 4, channels: 1 };
const [WIDTH, ENTRIES, IMAGES] = [2, 6, 40];

test('codebooks begin with means of the first vectors, each stage with those of what the last left', async () => {
  const code = { type: 'vq', units: 4, width: WIDTH, entries: ENTRIES, stages: 2 };
  const definition = defineAutoencoder(modelOf({ code }), SHAPE);
  const weights = initialWeights(nodeEngine, definition, objectiveOf('mse'), 1);
  const draw = random(6);
  const images = Float32Array.from({ length: IMAGES * 16 }, () => draw());
  await startCodebooks(nodeEngine, definition, weights, { images, labels: null }, 1);
  const [W, b] = ['weight', 'bias'].map((name) => weights.get(`encoder.code.${name}`)!.values);
  let left = Array.from({ length: IMAGES * 2 }, (_, row) =>
    Array.from({ length: WIDTH }, (_, i) => {
      const [image, unit] = [Math.floor(row / 2), (row % 2) * WIDTH + i];
      return Array.from({ length: 16 }, (_, a) => images[image * 16 + a]! * W![a * 4 + unit]!).reduce(
        (sum, x) => sum + x,
        b![unit]!,
      );
    }),
  );
  for (const stage of ['', 'stage2.']) {
    const book = weights.get(`encoder.code.${stage}codebook`)!.values;
    const use = weights.get(`encoder.code.${stage}use`)!.values;
    const entry = (e: number) => [...book.subarray(e * WIDTH, (e + 1) * WIDTH)];
    const apart = (row: number[], e: number) => row.reduce((sum, x, i) => sum + (x - entry(e)[i]!) ** 2, 0);
    const nearest = left.map((row) => {
      const all = Array.from({ length: ENTRIES }, (_, e) => apart(row, e));
      return all.indexOf(Math.min(...all));
    });
    for (let e = 0; e < ENTRIES; e++) {
      const mine = left.filter((_, row) => nearest[row] === e);
      expect(use[e]).toBeCloseTo(mine.length / left.length, 6);
      const mean = entry(e).map((_, i) => mine.reduce((sum, row) => sum + row[i]!, 0) / mine.length);
      for (const [i, x] of mean.entries()) expect(book[e * WIDTH + i]).toBeCloseTo(x, 4);
    }
    left = left.map((row, r) => row.map((x, i) => x - entry(nearest[r]!)[i]!));
  }
  // What was learned stays.
  const before = weights.get('encoder.code.codebook')!.values.slice();
  await startCodebooks(
    nodeEngine,
    definition,
    weights,
    { images: images.map((x) => 1 - x), labels: null },
    2,
  );
  expect(weights.get('encoder.code.codebook')!.values).toEqual(before);
});
