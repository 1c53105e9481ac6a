import { expect, test } from 'vitest';
import { SpreadRows } from './subspace.ts';

test.each([
  [10, 10, 1],
  [384, 384, 1],
  [385, 193, 2],
  [10_000, 313, 32],
])('of %i rows %i are kept, every %i-th', (count, kept, every) => {
  const rows = new SpreadRows(32, 2);
  const all = Float32Array.from({ length: 2 * count }, (_, i) => Math.floor(i / 2) + (i % 2) / 2);
  // In pieces of uneven size.
  for (let from = 0, size = 1; from < count; from += size, size += 3)
    rows.add(all.subarray(2 * from, 2 * Math.min(count, from + size)));
  const found = rows.rows();
  expect(found).toHaveLength(2 * kept);
  for (let n = 0; n < kept; n++)
    expect([found[2 * n], found[2 * n + 1]]).toEqual([n * every, n * every + 0.5]);
});
