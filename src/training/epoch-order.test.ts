import { expect, test } from 'vitest';
import type { Source } from '../samples/index.ts';
import { epochOrder } from './epoch-order.ts';

/** A shuffle that depends on its two numbers alone. */
function shuffle(count: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = (epoch * 2654435761 + count) >>> 0;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const source = (count: number, starts?: readonly number[]) =>
  ({
    count,
    ...(starts === undefined ? {} : { blocks: { starts: Uint32Array.from(starts), mixed: 3 } }),
  }) as unknown as Source;

test('without blocks the order is that of the shuffle', () => {
  expect(epochOrder(source(50), 4, shuffle)).toEqual(shuffle(50, 4));
});

test('with blocks each sample occurs once, the samples of a group of blocks together, another order each epoch', () => {
  const starts = [0, 5, 12, 20, 22, 30, 41];
  const blockOf = (sample: number) => starts.findLastIndex((start) => start <= sample);
  const order = epochOrder(source(50, starts), 4, shuffle);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(epochOrder(source(50, starts), 4, shuffle)).toEqual(order);
  expect(epochOrder(source(50, starts), 5, shuffle)).not.toEqual(order);
  const groups: number[][] = [];
  for (const sample of order) {
    const block = blockOf(sample);
    const last = groups.at(-1);
    if (last === undefined || (!last.includes(block) && last.length === 3)) groups.push([block]);
    else if (!last.includes(block)) last.push(block);
  }
  expect(groups.length).toBe(3);
  expect(groups.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
