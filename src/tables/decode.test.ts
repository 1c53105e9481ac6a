import { expect, test } from 'vitest';
import { decodeRow, largestShares, sumByColumn } from './decode.ts';
import type { TableEncoding } from './encoding.ts';
import { encodeRecords } from './records.ts';

const ENCODING: TableEncoding = {
  version: 1,
  columns: [
    { type: 'number', name: 'size', indicator: true, mean: 2, range: [0, 4] },
    { type: 'category', name: 'colour', indicator: false, values: ['red', 'blue'], other: true },
    { type: 'boolean', name: 'ok', indicator: false, mean: 0.5, words: ['no', 'yes'] },
  ],
  leftOut: [],
  label: null,
  missing: 'mean',
  scaling: 'standard',
  offset: [2, 0, 0, 0, 0, 0],
  scale: [1, 1, 1, 1, 1, 1],
};

test('rows of JSON are encoded, and decoded to the same cells', () => {
  const rows = [
    { ok: true, colour: 'blue', size: 1.5, extra: 7 },
    ['NA', 'pink', 'no'],
    { size: '3', colour: 'red', ok: 0 },
  ];
  const values = encodeRecords(
    {
      ...ENCODING,
      columns: ENCODING.columns.map((c) => (c.type === 'boolean' ? { ...c, words: ['false', 'true'] } : c)),
    } as TableEncoding,
    [rows[0], ['NA', 'pink', false]],
  );
  expect([...values]).toEqual([1.5, 0, 0, 1, 0, 1, 2, 1, 0, 0, 1, 0]);
  const back = encodeRecords(ENCODING, [{ size: 3, colour: 'red', ok: 'yes' }]);
  expect(decodeRow(ENCODING, back)).toEqual([3, 'red', 'yes']);
  expect(decodeRow(ENCODING, Float32Array.of(9, 1, 0.2, 0.1, 0.4, 0.2))).toEqual([null, '(other)', 'no']);
});

test.each<[unknown[], RegExp]>([
  [
    [{ size: 1, colour: 'red' }, 7],
    /^rows, row 1, column 'ok': must have|^rows, row 2: must be an object or a list, got 7/,
  ],
  [[[1, 'red']], /^rows, row 1: must have 3 values, in the order of the columns, got 2/],
  [[{ size: 'abc', colour: 'red', ok: 'no' }], /^rows, row 1, column 'size': must be a number, got abc/],
  [
    [{ size: { a: 1 }, colour: 'red', ok: 'no' }],
    /column 'size': must be a number, a text, true, false or null, got {"a":1}/,
  ],
])('%j is refused', (rows, message) => {
  expect(() => encodeRecords(ENCODING, rows)).toThrow(message);
});

test('contributions of the values of a column are added up, and ranked', () => {
  const sums = sumByColumn(ENCODING, [1, 1, 2, 0, 4, 2, 0, 0, 0, 0, 0, 5]);
  expect([...sums]).toEqual([2, 6, 2, 0, 0, 5]);
  expect(largestShares(sums.subarray(0, 3), 2)).toEqual([
    { column: 1, share: 0.6 },
    { column: 0, share: 0.2 },
  ]);
  expect(largestShares(sums.subarray(3), 3)).toEqual([{ column: 2, share: 1 }]);
});
