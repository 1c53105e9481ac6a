import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { kMeans } from './k-means.ts';

const uniform = (n: number, seed = 1) => {
  const draw = random(seed);
  return Float32Array.from({ length: n }, () => draw());
};

describe('k-means', () => {
  test('finds groups that lie apart: their means, and how many rows they have', () => {
    const draw = random(4);
    const at = [
      [0, 0],
      [10, 0],
      [0, 10],
    ];
    const sizes = [5, 12, 30];
    const groups = sizes.map((size, g) => Array.from({ length: size }, () => at[g]!.map((x) => x + draw())));
    const { centres, counts } = kMeans(Float32Array.from(groups.flat(2)), 2, uniform(3));
    const found = [...counts].map((count, i) => ({ count, centre: [...centres.slice(2 * i, 2 * i + 2)] }));
    found.sort((a, b) => a.count - b.count);
    for (const [g, { count, centre }] of found.entries()) {
      expect(count).toBe(sizes[g]);
      for (const i of [0, 1]) {
        const mean = groups[g]!.reduce((sum, row) => sum + row[i]!, 0) / sizes[g]!;
        expect(centre[i]).toBeCloseTo(mean, 5);
      }
    }
  });

  test('gives no more centres than rows that differ', () => {
    const { centres, counts } = kMeans(Float32Array.from([1, 1, 2, 2, 2]), 1, uniform(4));
    expect([...centres].sort()).toEqual([1, 2]);
    expect([...counts].sort()).toEqual([2, 3]);
  });
});
