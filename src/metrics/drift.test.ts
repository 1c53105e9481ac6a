import { expect, test } from 'vitest';
import { describeDrift, driftOf } from './drift.ts';

const QUANTILES = Array.from({ length: 1001 }, (_, i) => i / 1000);
const scoresOf = (n: number, at: (share: number) => number) =>
  Float64Array.from({ length: n }, (_, i) => at(((i * 37) % n) / n));

test('scores that lie as the held-out ones have no drift', () => {
  const drift = driftOf(
    scoresOf(500, (share) => share),
    QUANTILES,
    1000,
    0.99,
  );
  expect(drift.distance).toBeLessThan(0.01);
  expect(drift.expected).toBeCloseTo(0.01, 6);
  expect(drift.medianRatio).toBeCloseTo(1, 2);
  expect(describeDrift(drift)).toMatch(/^no drift: 0\.8 % of the scores are above/);
});

test('larger scores are a drift, a few outliers are not', () => {
  const drift = driftOf(
    scoresOf(500, (share) => 2 * share),
    QUANTILES,
    1000,
    0.99,
  );
  expect(drift.distance).toBeCloseTo(0.5, 2);
  expect(describeDrift(drift)).toMatch(/^drift: the scores differ.*the median is 2 times theirs/);
  const outliers = driftOf(
    scoresOf(500, (share) => (share > 0.98 ? 50 : share)),
    QUANTILES,
    1000,
    0.99,
  );
  expect(outliers.distance).toBeLessThan(outliers.critical);
  expect(outliers.above).toBeCloseTo(0.02, 2);
});
