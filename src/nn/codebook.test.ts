import { describe, expect, test } from 'vitest';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { nearestEntries } from './codebook.ts';
import { Network } from './network.ts';

const WIDTH = 2;
const SETTINGS = { entries: 4, decay: 0.9, restartBelow: 0.1, positions: 1 };
const draw = random(5);
const numbers = (n: number) => Array.from({ length: n }, () => draw() * 2 - 1);
const VECTORS = numbers(6 * WIDTH);
const NOISE = Array.from({ length: 6 * 4 }, () => draw());

function step(book: number[], use: number[], mode: 'train' | 'infer' = 'train') {
  const net = new Network(mode);
  const vectors = input('vectors', ['N', WIDTH]);
  const { index, chosen } = nearestEntries(net, vectors, SETTINGS);
  const [bookState, useState] = [net.states.get('codebook')!, net.states.get('use')!];
  const feeds = new Map<Sym, NdArray>([
    [vectors, ndArray([6, WIDTH], VECTORS)],
    [net.inverseBatch, ndArray([], [1 / 6])],
    [bookState.symbol, ndArray([4, WIDTH], book)],
    [useState.symbol, ndArray([4], use)],
  ]);
  for (const { symbol } of net.randomness.values()) feeds.set(symbol, ndArray([6, 4], NOISE));
  const wanted = mode === 'train' ? [index, chosen, bookState.next!, useState.next!] : [index, chosen];
  return evaluate(wanted, feeds).map(({ data }) => [...data]);
}

const row = (values: readonly number[], i: number) => values.slice(i * WIDTH, (i + 1) * WIDTH);
const distance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
const nearest = (book: readonly number[], i: number) => {
  const all = [0, 1, 2, 3].map((k) => distance(row(VECTORS, i), row(book, k)));
  return all.indexOf(Math.min(...all));
};

describe('a codebook', () => {
  const book = numbers(4 * WIDTH);
  const use = [0.4, 0.3, 0.2, 0.1];

  test('gives each vector its nearest entry', () => {
    const [index, chosen] = step(book, use, 'infer');
    expect(index).toEqual([0, 1, 2, 3, 4, 5].map((i) => nearest(book, i)));
    expect(chosen).toEqual(index!.flatMap((k) => row(book, k)));
  });

  test('moves each entry to the running mean of what chose it', () => {
    const [index, , nextBook, nextUse] = step(book, use);
    for (let k = 0; k < 4; k++) {
      const mine = [0, 1, 2, 3, 4, 5].filter((i) => index![i] === k);
      const after = 0.9 * use[k]! + (0.1 * mine.length) / 6;
      expect(nextUse![k]).toBeCloseTo(after, 12);
      for (let d = 0; d < WIDTH; d++) {
        const sum = mine.reduce((total, i) => total + row(VECTORS, i)[d]!, 0);
        const expected = (0.9 * use[k]! * row(book, k)[d]! + (0.1 * sum) / 6) / after;
        expect(nextBook![k * WIDTH + d]).toBeCloseTo(expected, 12);
      }
    }
  });

  test('begins with vectors of the first batch, and an entry out of use takes one', () => {
    const isOfBatch = (entry: readonly number[]) =>
      [0, 1, 2, 3, 4, 5].some((i) => distance(entry, row(VECTORS, i)) < 1e-12);
    // Nothing is in use at first: each vector is chosen among vectors of the batch.
    const [, first] = step(new Array(8).fill(0), [0, 0, 0, 0]);
    for (let i = 0; i < 6; i++) expect(isOfBatch(row(first!, i))).toBe(true);
    // An entry far from all vectors, below a tenth of an even quarter.
    const [, , next, nextUse] = step([...book.slice(0, 6), 99, 99], [0.4, 0.3, 0.276, 0.024]);
    expect(Math.abs(next![6]!)).toBeLessThan(2);
    expect(nextUse![3]).toBeGreaterThanOrEqual(0.9 / 4);
    // Just above it stays.
    expect(step([...book.slice(0, 6), 99, 99], [0.4, 0.3, 0.274, 0.026])[2]![6]).toBeCloseTo(99, 9);
  });
});
