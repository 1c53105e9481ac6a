/** Mixtures of Gaussians against scikit-learn's `GaussianMixture` (1.7, reg_covar 1e-6, tol 1e-9, the best of 5 starts). */
import { describe, expect, test } from 'vitest';
import { fitMixture, fitMixtureByBic } from './mixture.ts';

/** 300 points of three skewed Gaussians, by a formula that Python has in the same way. */
function points(): Float32Array {
  const rows = new Float32Array(600);
  const shapes = [
    { centre: [0, 0], sides: [1, 0.5], tilt: 0.3 },
    { centre: [6, 1], sides: [0.4, 1.2], tilt: -0.6 },
    { centre: [-3, 7], sides: [1.5, 0.7], tilt: 0.8 },
  ];
  for (let i = 0; i < 300; i++) {
    const { centre, sides, tilt } = shapes[i % 3]!;
    const [a, b] = [2, 3].map((prime) => ((i + 1) * Math.sqrt(prime)) % 1) as [number, number];
    const length = Math.sqrt(-2 * Math.log(a));
    const [x, y] = [length * Math.cos(2 * Math.PI * b), length * Math.sin(2 * Math.PI * b)];
    rows[2 * i] = centre[0]! + sides[0]! * x;
    rows[2 * i + 1] = centre[1]! + sides[1]! * (tilt * x + Math.sqrt(1 - tilt * tilt) * y);
  }
  return rows;
}
const ROWS = points();
const settings = { seed: 1, ridge: 1e-6, tolerance: 1e-9, maxIterations: 1000 };

describe('a mixture of Gaussians', () => {
  test.each([
    [1, -5.145354533642069, 3115.731632558523],
    [3, -3.211909949302721, 2024.1102716507878],
  ])(
    'of %i has the likelihood and the BIC that scikit-learn finds',
    async (components, logLikelihood, bic) => {
      const fitted = await fitMixture(ROWS, 2, { components, ...settings });
      expect(fitted.logLikelihood).toBeCloseTo(logLikelihood, 6);
      expect(fitted.bic).toBeCloseTo(bic, 3);
    },
  );

  test('has the shares, means and covariances that scikit-learn finds', async () => {
    const { mixture } = await fitMixture(ROWS, 2, { components: 3, ...settings });
    const order = [0, 1, 2].sort((a, b) => mixture.means[a]![0]! - mixture.means[b]![0]!);
    const means = [-3.0228340903669597, -0.0024623246137001537, 5.983419665320314];
    const covariances = [
      [2.4232206463296633, 0.8899875152692919, 0.4935692676735635],
      [0.9774229762302421, 0.15576802005251336, 0.26894716456380063],
      [0.14176817221163385, -0.24461341947704912, 1.3690221237058884],
    ];
    for (const [place, k] of order.entries()) {
      expect(mixture.weights[k]).toBeCloseTo(1 / 3, 6);
      expect(mixture.means[k]![0]).toBeCloseTo(means[place]!, 5);
      for (const [i, value] of mixture.covariances[k]!.flat().entries())
        expect(value).toBeCloseTo(covariances[place]![i]!, 5);
    }
  });

  test('has as many as have the least BIC, and no more than the rows are enough for', async () => {
    const { mixture, tried, bic } = await fitMixtureByBic(ROWS, 2, 1);
    expect(tried.map(({ components }) => components)).toEqual([1, 2, 4, 8]);
    expect(mixture.weights).toHaveLength(4);
    expect(bic).toBe(Math.min(...tried.map((one) => one.bic)));
    const few = await fitMixtureByBic(ROWS.subarray(0, 20), 2, 1);
    expect(few.tried.map(({ components }) => components)).toEqual([1]);
  });

  test('of rows that are all alike, or that never change in a unit, is a Gaussian as narrow as the ridge', async () => {
    const { mixture } = await fitMixture(new Float32Array(40).fill(3), 2, { components: 1, seed: 1 });
    expect(mixture.means[0]).toEqual([3, 3]);
    expect(mixture.covariances[0]![1]![1]).toBeLessThan(1e-9);
    const flat = Float32Array.from(ROWS, (value, i) => (i % 2 === 0 ? value : 1));
    const { mixture: two, logLikelihood } = await fitMixture(flat, 2, { components: 2, seed: 1 });
    expect(Number.isFinite(logLikelihood)).toBe(true);
    expect(two.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 9);
  });
});
