import { expect, test } from 'vitest';
import { SparseSums } from './sparse-use.ts';

test('the use of a sparse code: active, dead and dense units, explained variance and cosine', () => {
  const sums = new SparseSums(4, 2);
  // Unit 1 is there for both images, unit 2 for one, the others never.
  sums.add(Float32Array.of(1, 2, 0, 0), Float32Array.of(3, 4), Float32Array.of(3, 3));
  sums.add(Float32Array.of(5, 0, 0, 0), Float32Array.of(-1, 0), Float32Array.of(-2, 0));
  const { active, dead, dense, explainedVariance, cosine, frequencies } = sums.result()!;
  expect([active, dead, dense]).toEqual([1.5, 0.5, 0.5]);
  // Around the mean (1, 2): 4 + 4 + 4 + 4.
  expect(explainedVariance).toBeCloseTo(1 - 2 / 16, 12);
  expect(cosine).toBeCloseTo((21 / (5 * Math.sqrt(18)) + 1) / 2, 12);
  expect(frequencies[0]).toBe(2);
  expect(frequencies.at(-1)).toBe(1);
  expect(frequencies.reduce((a, b) => a + b)).toBe(4);
});

test('reconstructions that are all 0 have no angle, and nothing is measured of no images', () => {
  const sums = new SparseSums(1, 2);
  expect(sums.result()).toBeNull();
  sums.add(Float32Array.of(0), Float32Array.of(1, 1), Float32Array.of(0, 0));
  expect(sums.result()).toMatchObject({ active: 0, dead: 1, dense: 0, cosine: 0 });
});
