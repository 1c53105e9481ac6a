import { expect, test } from 'vitest';
import { blockOf, evenly, someBlocks } from './blocks.ts';

const starts = Uint32Array.of(0, 4, 10);

test('the block of a sample', () => {
  expect([0, 3, 4, 9, 10, 99].map((sample) => blockOf(starts, sample))).toEqual([0, 0, 1, 1, 2, 2]);
});

test('a subset has the blocks of its samples', () => {
  const some = someBlocks({ starts, mixed: 2 }, Uint32Array.of(1, 2, 5, 9, 11));
  expect(some).toEqual({ starts: Uint32Array.of(0, 2, 4), mixed: 2 });
});

test('some samples are spread evenly, or their blocks are', () => {
  expect([...evenly(10, undefined, 5)]).toEqual([0, 2, 4, 6, 8]);
  expect([...evenly(3, undefined, 5)]).toEqual([0, 1, 2]);
  const many = Uint32Array.from({ length: 10 }, (_, i) => 10 * i);
  expect([...evenly(100, { starts: many, mixed: 1 }, 25)]).toEqual([
    ...Array.from({ length: 10 }, (_, i) => i),
    ...Array.from({ length: 10 }, (_, i) => 30 + i),
    ...Array.from({ length: 5 }, (_, i) => 60 + i),
  ]);
});
