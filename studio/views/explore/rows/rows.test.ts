import { expect, test } from 'vitest';
import type { RowSet } from '../../../../src/studio/protocol.ts';
import { propertyOf } from './property.ts';
import { differenceOf, summaryOf, summaryText } from './summary.ts';

/** Columns: height, which may be missing; steel: A4, A2 or another; used: no or yes. */
const SET: RowSet = {
  ...{ kind: 'row', count: 4, labels: new Uint8Array(4), classes: [''], names: ['1', '2', '3', '4'] },
  values: Float32Array.from([
    ...[10, 0, 1, 0, 0, 1],
    ...[30, 0, 1, 0, 0, 1],
    ...[20, 1, 0, 1, 0, 0],
    ...[80, 0, 0, 0, 1, 0],
  ]),
  encoding: {
    ...{ version: 1, leftOut: [], label: null, missing: 'mean', scaling: 'standard' },
    columns: [
      { type: 'number', name: 'height', indicator: true, mean: 20, range: [10, 80] },
      { type: 'category', name: 'steel', indicator: false, values: ['A4', 'A2'], other: true },
      { type: 'boolean', name: 'used', indicator: false, mean: 0.5, words: ['no', 'yes'] },
    ],
    ...{ offset: [0, 0, 0, 0, 0, 0], scale: [1, 1, 1, 1, 1, 1] },
  },
};

test('a column colours by its numbers, or by its words, the most frequent first; a missing number is none', () => {
  expect(propertyOf(SET, 0)).toEqual({ name: 'height', numbers: Float32Array.of(10, 30, Number.NaN, 80) });
  expect(propertyOf(SET, 1)).toEqual({
    ...{ name: 'steel', groups: ['A4', 'A2', '(other)'], group: Uint8Array.of(0, 0, 1, 2) },
  });
  expect(propertyOf(SET, 2)).toMatchObject({ groups: ['yes', 'no'], group: Uint8Array.of(0, 0, 1, 1) });
});

test('a summary has means and most frequent words of the rows that have a value', () => {
  const text = (rows: number[]) => summaryOf(SET, rows).map((each) => summaryText(each, String));
  expect(text([0, 1, 2, 3])).toEqual(['40', 'A4 (50 %)', 'no (50 %)']);
  expect(text([0, 1, 2])).toEqual(['20', 'A4 (67 %)', 'yes (67 %)']);
  expect(text([2])).toEqual(['missing', 'A2 (100 %)', 'no (100 %)']);
});

test('differences are in standard deviations of all rows; what cannot be compared does not differ', () => {
  const all = summaryOf(SET, [0, 1, 2, 3]);
  const differences = (rows: number[]) => summaryOf(SET, rows).map((each, i) => differenceOf(each, all[i]!));
  const [height, steel, used] = differences([0, 1]);
  expect(height).toBeCloseTo(20 / Math.sqrt(2600 / 3), 5);
  expect(steel).toBeCloseTo(1);
  expect(used).toBeCloseTo(1);
  expect(differences([2])[0]).toBe(0);
});
