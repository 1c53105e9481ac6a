import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { discrepancy } from './discrepancy.ts';
import { Network } from './network.ts';
import { normal } from './testing.ts';

const SCALES = [0.1, 1, 5];
const UNITS = 3;

const rowsOf = (count: number, seed: number, shift = 0): number[][] => {
  const draw = random(seed);
  return Array.from({ length: count }, () => Array.from({ length: UNITS }, () => normal(draw) + shift));
};

function measure(x: number[][], y: number[][]) {
  const net = new Network('train');
  const [a, b] = [input('x', ['N', UNITS]), input('y', ['N', UNITS])];
  const value = discrepancy(net, a, b, SCALES);
  const feeds = new Map<Sym, NdArray>([
    [a, ndArray([x.length, UNITS], x.flat())],
    [b, ndArray([y.length, UNITS], y.flat())],
    [net.inverseBatch, ndArray([], [1 / x.length])],
  ]);
  return { a, b, value, feeds, number: evaluate([value], feeds)[0]!.data[0]! };
}

/** The U-statistic, pair by pair. */
function pairwise(x: number[][], y: number[][]): number {
  const kernel = (a: number[], b: number[]) => {
    const squared = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
    return SCALES.reduce((sum, s) => sum + (2 * UNITS * s) / (2 * UNITS * s + squared), 0);
  };
  const n = x.length;
  let [own, between] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i !== j) own += kernel(x[i]!, x[j]!) + kernel(y[i]!, y[j]!);
      between += kernel(x[i]!, y[j]!);
    }
  }
  return (n === 1 ? 0 : own / (n * (n - 1))) - (2 * between) / n ** 2;
}

describe('the discrepancy of two samples', () => {
  test.each([1, 2, 5])('is what a double loop over pairs of %i rows gives', (count) => {
    const [x, y] = [rowsOf(count, 1, 0.7), rowsOf(count, 2)];
    const { value, number } = measure(x, y);
    expect(value.shape).toEqual([]);
    expect(number).toBeCloseTo(pairwise(x, y), 12);
  });

  test('is near 0 for samples of one distribution, and larger the further they are apart', () => {
    const y = rowsOf(60, 2);
    const [same, near, far] = [0, 0.5, 2].map((shift) => measure(rowsOf(60, 1, shift), y).number);
    expect(Math.abs(same!)).toBeLessThan(0.05);
    expect(near!).toBeGreaterThan(0.1);
    expect(far!).toBeGreaterThan(4 * near!);
  });

  test('differentiates', () => {
    const { a, b, value, feeds } = measure(rowsOf(4, 1, 0.3), rowsOf(4, 2));
    expect(checkDerivatives(value, [a, b], feeds, random(1), 4).worst).toBeLessThan(1e-7);
  });
});
