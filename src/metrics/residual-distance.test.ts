import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { normal } from '../nn/testing.ts';
import { MomentSums } from './moments.ts';
import { type ResidualMoments, residualDistance } from './residual-distance.ts';

const VALUES = 4;

/** Rows whose values depend on each other; the last is the sum of the first two. */
function rows(count: number, seed: number): Float32Array {
  const draw = random(seed);
  const all = new Float32Array(count * VALUES);
  for (let n = 0; n < count; n++) {
    const [a, b, c] = [normal(draw), normal(draw), normal(draw)];
    all.set([a, 0.1 * b + 3, 2 * c - a, a + 0.1 * b], n * VALUES);
  }
  return all;
}

function momentsOf(all: Float32Array, withCovariance = true): ResidualMoments {
  const sums = new MomentSums(VALUES, { covariance: true });
  sums.add(all);
  const { mean, std, covariance } = sums.result();
  const triangle = [...Array(VALUES).keys()].map((i) =>
    [...Array(i + 1).keys()].map((j) => covariance![i * VALUES + j]!),
  );
  return { mean: [...mean], std: [...std], covariance: withCovariance ? triangle : null };
}

test('is (e − μ)ᵀ (Σ + λ I)⁻¹ (e − μ) / values', () => {
  const all = rows(500, 1);
  const moments = momentsOf(all);
  const ridge = (1e-3 * moments.std.reduce((sum, value) => sum + value ** 2, 0)) / VALUES;
  const matrix = Array.from({ length: VALUES }, (_, i) =>
    Array.from({ length: VALUES }, (_, j) => {
      return moments.covariance![Math.max(i, j)]![Math.min(i, j)]! + (i === j ? ridge : 0);
    }),
  );
  const found = residualDistance(moments).scores(all);
  for (let n = 0; n < 20; n++) {
    const e = Array.from({ length: VALUES }, (_, i) => all[n * VALUES + i]! - moments.mean[i]!);
    const y = gauss(matrix, e);
    const expected = e.reduce((sum, value, i) => sum + value * y[i]!, 0) / VALUES;
    expect(found[n]! / expected).toBeCloseTo(1, 9);
  }
});

test('is about 1 for the rows it was made from; shares add up to it', () => {
  const all = rows(2000, 2);
  for (const withCovariance of [true, false]) {
    const distance = residualDistance(momentsOf(all, withCovariance));
    const scores = distance.scores(all);
    const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
    // A value that follows from others adds next to nothing: three of four are free.
    expect(mean).toBeGreaterThan(0.7);
    expect(mean).toBeLessThan(1.01);
    const shares = distance.contributions(all);
    for (const n of [0, 7, 1999]) {
      const sum = shares.subarray(n * VALUES, (n + 1) * VALUES).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(scores[n]!, 10);
    }
  }
});

test('names the value that is wrong, and a break between values that go together', () => {
  const distance = residualDistance(momentsOf(rows(2000, 3)));
  const usual = [0.5, 3.1, -0.5, 0.6];
  const odd = [0.5, 4, -0.5, 0.6];
  const [usualScore, oddScore] = distance.scores(new Float32Array([...usual, ...odd]));
  expect(oddScore!).toBeGreaterThan(20 * usualScore!);
  const shares = distance.contributions(new Float32Array(odd));
  expect(shares.indexOf(Math.max(...shares))).toBe(1);
});

test('residuals that are all 0 in training make any other far, not NaN', () => {
  const none = { mean: [0, 0], std: [0, 0], covariance: [[0], [0, 0]] };
  for (const moments of [none, { ...none, covariance: null }]) {
    const [same, other] = residualDistance(moments).scores(new Float32Array([0, 0, 0.1, 0]));
    expect(same).toBe(0);
    expect(other!).toBeGreaterThan(1e6);
    expect(Number.isFinite(other)).toBe(true);
  }
});

/** Solves by Gaussian elimination with pivots. */
function gauss(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const m = matrix.map((row, i) => [...row, right[i]!]);
  for (let i = 0; i < m.length; i++) {
    const pivot = m.findIndex(
      (row, k) => k >= i && Math.abs(row[i]!) === Math.max(...m.slice(i).map((r) => Math.abs(r[i]!))),
    );
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    for (let k = 0; k < m.length; k++) {
      if (k === i) continue;
      const factor = m[k]![i]! / m[i]![i]!;
      for (let j = i; j <= m.length; j++) m[k]![j]! -= factor * m[i]![j]!;
    }
  }
  return m.map((row, i) => row[m.length]! / row[i]!);
}
