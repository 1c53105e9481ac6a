import { expect, test } from 'vitest';
import { placedOnOriginal } from './original.ts';

/** A map of 8 × 8 with one hot pixel in its middle right, at row 4, column 6. */
const map = new Float32Array(64);
map[4 * 8 + 6] = 1;

const hottest = (placed: Float32Array, width: number) => {
  const at = placed.indexOf(Math.max(...placed));
  return [Math.floor(at / width), at % width];
};

test.each([
  // [fit, original height × width, where the hot pixel's middle comes to lie]
  ['fill', 80, 40, [45, 32]],
  // Within 8 × 8 a picture of 16 × 32 takes 4 rows, from row 2: row 4 is its third.
  ['contain', 16, 32, [9, 25]],
  // Covering it, its sides are cut off: column 6 of 8 is 8 + 13 of 32.
  ['cover', 16, 32, [8, 20]],
] as const)('%s onto %i × %i', (fit, height, width, [row, column]) => {
  const placed = placedOnOriginal(map, { height: 8, width: 8, fit }, { height, width });
  expect(placed).toHaveLength(height * width);
  const [y, x] = hottest(placed, width) as [number, number];
  const [dy, dx] = [Math.abs(y - row), Math.abs(x - column)];
  expect(Math.max(dy, dx)).toBeLessThanOrEqual(4);
  expect(Math.max(...placed)).toBeGreaterThan(0.5);
});

test('what the model never saw is 0, and a flat map stays flat elsewhere', () => {
  const flat = new Float32Array(64).fill(0.5);
  const placed = placedOnOriginal(flat, { height: 8, width: 8, fit: 'cover' }, { height: 8, width: 16 });
  const row = [...placed.subarray(0, 16)];
  expect(row).toEqual([0, 0, 0, 0, ...Array(8).fill(0.5), 0, 0, 0, 0]);
});
