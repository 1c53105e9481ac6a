import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MomentSums } from './moments.ts';
import { levelOf, quantileOf, quantileTable } from './quantiles.ts';

/** By the definitions, in two passes. */
function direct(rows: number[][]) {
  const n = rows.length;
  const width = rows[0]!.length;
  const of = (f: (i: number) => number) => Array.from({ length: width }, (_, i) => f(i));
  const mean = of((i) => rows.reduce((sum, row) => sum + row[i]!, 0) / n);
  const covariance = of((i) => i).flatMap((i) =>
    of((j) => rows.reduce((sum, row) => sum + (row[i]! - mean[i]!) * (row[j]! - mean[j]!), 0) / n),
  );
  const column = (i: number) => rows.map((row) => row[i]!);
  return {
    mean,
    covariance,
    std: of((i) => Math.sqrt(covariance[i * width + i]!)),
    min: of((i) => Math.min(...column(i))),
    max: of((i) => Math.max(...column(i))),
  };
}

const rowsOf = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 30,
  }),
);

describe('moments', () => {
  test('are those of the definitions, however the rows are cut and however far from zero', () => {
    fc.assert(
      fc.property(rowsOf, fc.integer({ min: 1, max: 7 }), fc.constantFrom(0, 1000), (rows, cut, offset) => {
        const moved = rows.map((row) => row.map((value) => value / 4 + offset));
        const width = moved[0]!.length;
        const sums = new MomentSums(width, { covariance: true });
        for (let start = 0; start < moved.length; start += cut) {
          sums.add(Float32Array.from(moved.slice(start, start + cut).flat()));
        }
        const [ours, theirs] = [sums.result(), direct(moved)];
        expect(ours.count).toBe(moved.length);
        for (const key of ['mean', 'covariance', 'min', 'max'] as const) {
          for (const [i, value] of theirs[key].entries()) expect(ours[key]![i]).toBeCloseTo(value, 8);
        }
        for (const [i, value] of theirs.std.entries()) expect(ours.std[i]).toBeCloseTo(value, 5);
      }),
    );
  });

  test('without a covariance have none', () => {
    const sums = new MomentSums(2, { covariance: false });
    sums.add(Float32Array.of(1, 2, 3, 6));
    expect(sums.result()).toMatchObject({ covariance: null, count: 2 });
    expect([...sums.result().std]).toEqual([1, 2]);
  });
});

describe('quantiles', () => {
  test('are NumPy’s', () => {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, .1, .25, .5, .99, 1])
    const table = quantileTable([3, 1, 4, 1, 5, 9, 2, 6], 101);
    const wanted = [1, 1, 1.75, 3.5, 8.79, 9];
    for (const [i, level] of [0, 0.1, 0.25, 0.5, 0.99, 1].entries()) {
      expect(quantileOf(table, level)).toBeCloseTo(wanted[i]!, 12);
    }
  });

  test('a table of one value is that value, and a level between two of its points lies between them', () => {
    expect(quantileTable([7], 3)).toEqual([7, 7, 7]);
    expect(quantileOf([0, 10, 30], 0.75)).toBe(20);
  });

  test('the level of a quantile is its own', () => {
    const table = quantileTable([0, 1, 4, 9, 16], 1001);
    for (const level of [0.001, 0.25, 0.5, 0.9]) {
      expect(levelOf(table, quantileOf(table, level))).toBeCloseTo(level, 9);
    }
    expect([levelOf(table, -1), levelOf(table, 16), levelOf(table, 99)]).toEqual([0, 1, 1]);
  });
});
