import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auroc } from './roc.ts';

const of = (scores: number[], positive: number[]) =>
  auroc(Float64Array.from(scores), Uint8Array.from(positive));

/** The share of pairs that are in the right order, equal ones as half. */
function pairs(scores: readonly number[], positive: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const [i, a] of scores.entries()) {
    for (const [j, b] of scores.entries()) {
      if (positive[i] !== 1 || positive[j] !== 0) continue;
      sum += a > b ? 1 : a === b ? 0.5 : 0;
      count++;
    }
  }
  return sum / count;
}

const rows = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((list) => new Set(list.map(([, kind]) => kind)).size === 2)
  .map((list) => ({ scores: list.map(([s]) => s), positive: list.map(([, p]) => p) }));

describe('AUROC', () => {
  test('is worked out by hand', () => {
    expect(of([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
    expect(of([1, 2, 3, 4], [1, 1, 0, 0])).toBe(0);
    expect(of([1, 3, 2, 4], [0, 0, 1, 1])).toBe(0.75);
    expect(of([7, 7, 7], [0, 1, 0])).toBe(0.5);
    expect(of([-Infinity, 0, Infinity], [0, 0, 1])).toBe(1);
  });

  test('is the share of pairs in the right order, ties as half', () => {
    fc.assert(
      fc.property(rows, ({ scores, positive }) => {
        expect(of(scores, positive)).toBeCloseTo(pairs(scores, positive), 12);
      }),
    );
  });

  test('sees the order of the scores alone, and turns about with it', () => {
    fc.assert(
      fc.property(rows, ({ scores, positive }) => {
        const plain = of(scores, positive);
        expect(
          of(
            scores.map((s) => Math.exp(s) + 7),
            positive,
          ),
        ).toBeCloseTo(plain, 12);
        expect(
          of(
            scores.map((s) => -s),
            positive,
          ),
        ).toBeCloseTo(1 - plain, 12);
      }),
    );
  });

  test('one kind alone, or a score that is not a number, is refused', () => {
    expect(() => of([1, 2], [1, 1])).toThrow(
      'needs normal and anomalous images, got 0 normal and 2 anomalous',
    );
    expect(() => of([], [])).toThrow('needs normal and anomalous');
    expect(() => of([1, Number.NaN], [0, 1])).toThrow('scores must be numbers, score 1 is not');
    expect(() => of([1], [0, 1])).toThrow(RangeError);
  });
});
