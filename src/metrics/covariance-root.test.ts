import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { rootOf } from './covariance-root.ts';

/** The lower triangle of B Bᵀ. */
const covarianceOf = (b: readonly (readonly number[])[]): number[][] =>
  b.map((row, i) => b.slice(0, i + 1).map((other) => row.reduce((sum, x, k) => sum + x * other[k]!, 0)));

const draw = random(3);
const rows = (count: number, width: number) =>
  Array.from({ length: count }, () => Array.from({ length: width }, () => 2 * draw() - 1));

const full = rows(6, 8);
const narrow = rows(7, 3);

test.each([
  ['of full rank', full],
  ['of one unit', [[2]]],
  ['of a code that never changes', [[0], [0]]],
  ['with a unit that never changes', [full[0]!, full[0]!.map(() => 0), ...full.slice(1)]],
  [
    'with two equal units, and one that is their sum',
    [full[0]!, full[0]!, full[0]!.map((x) => 2 * x), full[1]!],
  ],
  ['of units that follow from three', narrow],
  ['of units of very different sizes', full.map((row, i) => row.map((x) => x * 10 ** (2 * i - 6)))],
])('a covariance %s is the square of its root', (_, b) => {
  const covariance = covarianceOf(b);
  const root = rootOf(covariance);
  const units = b.length;
  for (const [i, row] of covariance.entries()) {
    for (const [j, expected] of row.entries()) {
      let found = 0;
      for (let k = 0; k < units; k++) found += root[i * units + k]! * root[j * units + k]!;
      const scale = Math.sqrt(covariance[i]![i]! * covariance[j]![j]!);
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * scale);
    }
  }
});
