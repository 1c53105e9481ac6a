import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { levelled } from './edges.ts';

const size = { height: 64, width: 80 };
const distance = (i: number) => {
  const [y, x] = [Math.floor(i / 80), i % 80];
  return Math.min(y, x, 63 - y, 79 - x);
};

/** Values around 1, three times as high within four pixels of an edge. */
function map(): Float64Array {
  const draw = random(1);
  return Float64Array.from({ length: 64 * 80 }, (_, i) => (0.9 + 0.2 * draw()) * (distance(i) < 4 ? 3 : 1));
}

test('what is higher at all edges is brought down to the level of the inside', () => {
  const found = levelled(map(), size);
  expect(found.reduce((a, b) => Math.max(a, b))).toBeLessThan(1.15);
  expect(found.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(0.85);
});

test('a defect at an edge still stands out, and one inside is as it was', () => {
  const [given, edge, inside] = [map(), 1 * 80 + 40, 30 * 80 + 40];
  given[edge] = 12;
  given[inside] = 4;
  const found = levelled(given, size);
  expect(found[edge]).toBeGreaterThan(3.5);
  expect(found[inside]).toBe(4);
});

test('edges that are lower than the inside stay', () => {
  const given = Float64Array.from({ length: 64 * 80 }, (_, i) => (distance(i) < 4 ? 0 : 1));
  expect(levelled(given, size)).toEqual(given);
});

test('a map of few pixels stays', () => {
  const few = Float64Array.of(3, 1, 2, 5);
  expect(levelled(few, { height: 2, width: 2 })).toEqual(few);
});
