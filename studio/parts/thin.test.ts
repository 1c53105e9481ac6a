import { expect, test } from 'vitest';
import { thinned } from './thin.ts';

const curve = (y: readonly (number | null)[]) => ({ x: y.map((_, i) => i), y });

test('a short curve stays as it is', () => {
  const short = curve([1, 2, 3]);
  expect(thinned(short, 3)).toEqual(short);
});

test('a long one keeps its ends, its peaks and its order', () => {
  const y = Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 5000));
  y[54_321] = 7;
  y[77_777] = -7;
  const { x, y: kept } = thinned(curve(y), 1000);
  expect(x.length).toBeLessThanOrEqual(1000);
  expect([x[0], x.at(-1)]).toEqual([0, 99_999]);
  expect(x).toContain(54_321);
  expect(x).toContain(77_777);
  expect(x).toEqual([...x].sort((a, b) => a - b));
  expect(kept).toEqual(x.map((i) => y[i]));
});

test('places without a value are left out', () => {
  const { y } = thinned(curve(Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? i : null))), 100);
  expect(y.slice(1, -1)).not.toContain(null);
});
