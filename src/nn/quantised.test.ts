import { describe, expect, test } from 'vitest';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { gradients } from '../autodiff/index.ts';
import { input, mul, reduceSum } from '../graph/index.ts';
import { centredLevels, finiteScalars } from './quantised.ts';

const sigma = (x: number) => 1 / (1 + Math.exp(-x));

describe('finite scalar quantisation', () => {
  const h = input('h', ['N', 1]);
  const levelsOf = (numbers: number[], levels: number) => {
    const feeds = new Map([[h, ndArray([numbers.length, 1], numbers)]]);
    return [...evaluate([finiteScalars(h, levels)], feeds)[0]!.data];
  };

  test('gives each level an equal share of the range of the sigmoid', () => {
    for (const levels of [2, 3, 8]) {
      // The middle of each share, as a number before the sigmoid.
      const middles = Array.from({ length: levels }, (_, k) => (k + 0.5) / levels);
      const before = middles.map((p) => Math.log(p / (1 - p)));
      expect(levelsOf(before, levels)).toEqual(middles.map((_, k) => k));
      const borders = Array.from({ length: levels - 1 }, (_, k) => (k + 1) / levels);
      for (const [k, p] of borders.entries()) {
        const at = Math.log(p / (1 - p));
        expect(levelsOf([at - 1e-6, at + 1e-6], levels)).toEqual([k, k + 1]);
      }
    }
  });

  test('has no level beyond the last, however large the number', () => {
    expect(levelsOf([-1e9, -50, 50, 1e9], 4)).toEqual([0, 0, 3, 3]);
  });

  test('has the gradient of levels · σ(h) − ½, straight through the rounding', () => {
    const numbers = [-1.3, 0.2, 2.4];
    const loss = reduceSum(mul(finiteScalars(h, 5), 3));
    const [found] = evaluate(gradients(loss, [h]), new Map([[h, ndArray([3, 1], numbers)]]));
    const expected = numbers.map((x) => 3 * 5 * sigma(x) * (1 - sigma(x)));
    for (const [i, value] of expected.entries()) expect(found!.data[i]).toBeCloseTo(value, 12);
  });

  test('is centred for the decoder: −1 to 1', () => {
    const feeds = new Map([[h, ndArray([3, 1], [0, 2, 4])]]);
    expect([...evaluate([centredLevels(h, 5)], feeds)[0]!.data]).toEqual([-1, 0, 1]);
  });
});
