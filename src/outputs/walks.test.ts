import { expect, test } from 'vitest';
import { walkRows } from './walks.ts';

const walk = (values: number[], from: number | null, to: number | null) => ({
  values: Float32Array.from(values),
  from: from === null ? null : Float32Array.of(from),
  to: to === null ? null : Float32Array.of(to),
});
const plain = (rows: ReturnType<typeof walkRows>) => rows.map((row) => row.map((one) => one?.[0] ?? null));

test('one walk is a row between its two images', () => {
  expect(plain(walkRows([walk([1, 2, 3], 10, 30)], 1))).toEqual([[10, 1, 2, 3, 30]]);
});

test('walks that continue one another draw no picture twice', () => {
  const rows = plain(walkRows([walk([1, 2, 3], 10, 30), walk([3, 4, 5], 30, 50)], 1));
  expect(rows).toEqual([
    [10, 1, 2, null, null],
    [30, 3, 4, 5, 50],
  ]);
  const shown = rows.flat().filter((one) => one !== null);
  expect(new Set(shown).size).toBe(shown.length);
});

test('codes have no images at the ends', () => {
  expect(plain(walkRows([walk([1, 2], null, null), walk([2, 3], null, null)], 1))).toEqual([
    [1, null],
    [2, 3],
  ]);
});
