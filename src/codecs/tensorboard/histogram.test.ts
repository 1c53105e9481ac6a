import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { BUCKETS, countBuckets } from './histogram.ts';

const rowsOf = (flat: Float64Array) =>
  Array.from({ length: flat.length / 3 }, (_, i) => [...flat.subarray(3 * i, 3 * i + 3)]);

describe('buckets', () => {
  test('of known values', () => {
    expect(rowsOf(countBuckets(Float32Array.of(0, 1, 1.5, 2, 4), 4))).toEqual([
      [0, 1, 1],
      [1, 2, 2],
      [2, 3, 1],
      [3, 4, 1],
    ]);
  });

  test('of one value have no width, of none are none', () => {
    expect(rowsOf(countBuckets(new Float32Array(7).fill(-0.5)))).toEqual([[-0.5, -0.5, 7]]);
    expect(countBuckets(new Float32Array())).toHaveLength(0);
    expect(countBuckets(Float32Array.of(NaN, Infinity, -Infinity))).toHaveLength(0);
  });

  test('leave out what is not finite', () => {
    expect(rowsOf(countBuckets(Float32Array.of(NaN, 0, Infinity, 1), 1))).toEqual([[0, 1, 2]]);
  });

  test('cover all values: every one lies in its bucket, in any order of the values', () => {
    const values = fc.float32Array({ maxLength: 200, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 50 }), (array, count) => {
        const rows = rowsOf(countBuckets(array, count));
        expect(countBuckets(array.toReversed(), count)).toEqual(countBuckets(array, count));
        rows.forEach(([left, right, inside], i) => {
          if (i > 0) expect(left).toBe(rows[i - 1]![1]);
          const last = i === rows.length - 1;
          const counted = array.filter((v) => v >= left! && (last ? v <= right! : v < right!)).length;
          expect(inside).toBe(counted);
        });
        expect(rows.reduce((sum, row) => sum + row[2]!, 0)).toBe(array.length);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test("are TensorBoard's number by default, and at least one", () => {
    expect(rowsOf(countBuckets(Float32Array.of(0, 1)))).toHaveLength(BUCKETS);
    expect(() => countBuckets(Float32Array.of(0, 1), 0)).toThrow(HourglassError);
    expect(() => countBuckets(Float32Array.of(0, 1), 1.5)).toThrow('at least 1 bucket');
  });
});
