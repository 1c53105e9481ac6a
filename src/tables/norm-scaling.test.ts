import { expect, test } from 'vitest';
import { learnScaling, memorySource, rowSpec } from '../samples/index.ts';
import { fitEncoding, rolesOf, TableStore } from './index.ts';

const ROWS = [
  [3, 4],
  [-6, 8],
  [0, 1],
  [30, 40],
];
/** (5 + 10 + 1 + 50) / 4 rows, over √2 columns. */
const FACTOR = 66 / 4 / Math.SQRT2;

test('one number scales all columns, so that rows have a mean length of the root of their columns', async () => {
  const store = new TableStore();
  store.add(['a', 'b'], ROWS);
  const settings = { scaling: 'norm' } as const;
  const where = { file: 'f', place: (row: number) => String(row), normal: null };
  const { encoding } = fitEncoding(rolesOf(store, settings), Uint32Array.of(0, 1, 2, 3), settings, where);
  expect(encoding.offset).toEqual([0, 0]);
  for (const scale of encoding.scale) expect(scale).toBeCloseTo(FACTOR, 5);

  const none = { type: 'columns', offset: new Float32Array(2), scale: new Float32Array(2).fill(1) } as const;
  const source = memorySource(rowSpec(['a', 'b'], none), Float32Array.from(ROWS.flat()));
  const learned = await learnScaling({ ...source, labels: new Uint8Array(4) } as never, 'norm');
  expect([...learned.offset]).toEqual([0, 0]);
  for (const scale of learned.scale) expect(scale).toBeCloseTo(FACTOR, 5);
});
