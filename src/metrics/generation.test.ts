/** Fréchet distance against a formula of Python, manifolds against counting by hand. */
import { describe, expect, test } from 'vitest';
import { frechetDistance } from './frechet.ts';
import { type FeatureRows, manifoldFigures } from './manifolds.ts';

const gaussian = (mean: number[], covariance: number[]) => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance),
});

describe('the Fréchet distance', () => {
  const one = gaussian([1, 2, 3], [2, 0.5, 0.1, 0.5, 1, 0.3, 0.1, 0.3, 0.7]);
  const other = gaussian([0, 2.5, 3.2], [1, -0.2, 0, -0.2, 3, 0.4, 0, 0.4, 0.5]);

  test('is what numpy and scipy.linalg.sqrtm give', async () => {
    expect(await frechetDistance(one, other)).toBeCloseTo(2.191158286261893, 9);
    expect(await frechetDistance(other, one)).toBeCloseTo(2.191158286261893, 9);
  });

  test('of independent features is (μ₁ − μ₂)² + (σ₁ − σ₂)², also where one never changes', async () => {
    expect(await frechetDistance(gaussian([1], [4]), gaussian([3], [1]))).toBeCloseTo(4 + 1, 12);
    const flat = gaussian([0, 0], [4, 0, 0, 0]);
    expect(await frechetDistance(flat, gaussian([0, 2], [1, 0, 0, 9]))).toBeCloseTo(1 + 4 + 9, 9);
    expect(await frechetDistance(one, one)).toBeCloseTo(0, 9);
  });
});

describe('manifolds', () => {
  const rows = (...values: number[]): FeatureRows => ({
    data: Float32Array.from(values),
    count: values.length,
    width: 1,
  });

  /** By the definitions, with every distance sorted. */
  function byHand(real: number[], made: number[]) {
    const radius = (all: number[], i: number, k: number) =>
      all
        .filter((_, j) => j !== i)
        .map((value) => Math.abs(value - all[i]!))
        .sort((a, b) => a - b)[Math.min(k, all.length - 1) - 1]!;
    const share = (flags: boolean[]) => flags.filter(Boolean).length / flags.length;
    const within = (all: number[], k: number, value: number) =>
      all.filter((centre, i) => Math.abs(centre - value) <= radius(all, i, k)).length;
    return {
      precision: share(made.map((value) => within(real, 3, value) > 0)),
      recall: share(real.map((value) => within(made, 3, value) > 0)),
      density: made.reduce((sum, value) => sum + within(real, 5, value), 0) / (5 * made.length),
      coverage: share(
        real.map((value, i) => made.some((other) => Math.abs(other - value) <= radius(real, i, 5))),
      ),
    };
  }

  test('are counted as the papers define them', () => {
    const real = [0, 0.5, 1.5, 3, 5, 8, 12, 17, 23, 30];
    const made = [0.25, 0.75, 1, 2.5, 40, 41, 43, 46, 29, 100];
    const found = manifoldFigures(rows(...real), rows(...made));
    const expected = byHand(real, made);
    for (const key of ['precision', 'recall', 'density', 'coverage'] as const)
      expect(found[key]).toBeCloseTo(expected[key], 12);
    expect(found.precision).toBeLessThan(1);
  });

  test('of the same samples are met everywhere; of samples far away nowhere', () => {
    const real = rows(0, 1, 2, 4, 7, 11, 16);
    expect(manifoldFigures(real, real)).toMatchObject({ precision: 1, recall: 1, coverage: 1 });
    const far = rows(1000, 1001, 1003, 1006);
    expect(manifoldFigures(real, far)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
  });

  test('need two rows of one width', () => {
    expect(() => manifoldFigures(rows(1), rows(1, 2))).toThrow('two or more rows of one width');
  });
});
