/** What each unit of a variational code tells, against a sum over a grid. */
import { describe, expect, test } from 'vitest';
import { CodeSums } from './code.ts';

const density = (z: number, mean: number, sigma: number) =>
  Math.exp(-((z - mean) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));

/** KL(N(μ, σ²) ‖ N(0, 1)) by the trapezoidal rule. */
function klByIntegration(mean: number, sigma: number): number {
  const [from, to, steps] = [mean - 12 * sigma, mean + 12 * sigma, 20_000];
  const width = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = from + i * width;
    const q = density(z, mean, sigma);
    sum += q * (Math.log(q) - Math.log(density(z, 0, 1))) * width;
  }
  return sum;
}

const POSTERIORS = [
  [0, 1],
  [0.001, 1.0005],
  [1.5, 0.2],
  [-2, 0.7],
  [0.4, 1.6],
] as const;

describe('units of a Gaussian code', () => {
  test('their KL is the divergence of the normal from N(0, 1), mean over images', () => {
    const sums = new CodeSums({ shape: [2], hasVariance: true });
    for (const [mean, sigma] of POSTERIORS) {
      sums.add(Float32Array.of(mean, 0), Float32Array.of(2 * Math.log(sigma), 0));
    }
    const { perUnit } = sums.result()!;
    const expected =
      POSTERIORS.reduce((sum, one) => sum + klByIntegration(one[0], one[1]), 0) / POSTERIORS.length;
    expect(perUnit!.kl[0]).toBeCloseTo(expected, 4);
    expect(perUnit!.kl[1]).toBe(0);
  });

  test('the active ones are those whose mean varies', () => {
    const sums = new CodeSums({ shape: [3], hasVariance: true });
    const none = new Float32Array(3);
    for (const mean of [-1, 1]) sums.add(Float32Array.of(0.09 * mean, 0.2 * mean, 7), none);
    const { varying, perUnit } = sums.result()!;
    expect(varying).toBe(1);
    expect(perUnit!.variance[0]).toBeCloseTo(0.0081, 6);
    expect(perUnit!.variance[1]).toBeCloseTo(0.04, 6);
    expect(perUnit!.variance[2]).toBe(0);
  });

  test('other codes have none', () => {
    const sums = new CodeSums({ shape: [1], hasVariance: false });
    sums.add(Float32Array.of(1, 2));
    expect(sums.result()!.perUnit).toBeUndefined();
  });
});
