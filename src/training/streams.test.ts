import { expect, test } from 'vitest';
import { streamOf } from './streams.ts';

test('is FNV-1a of 32 bits, by its published vectors', () => {
  // http://www.isthe.com/chongo/tech/comp/fnv/: the empty string, "a", "foobar".
  expect([streamOf(''), streamOf('a'), streamOf('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('is a stream of its own for each use', () => {
  const names = ['shuffle', 'initial/encoder.dense1.weight', 'noise/encoder.dropout1.mask', 'noise/é'];
  expect(new Set(names.map(streamOf)).size).toBe(names.length);
  for (const name of names) expect(streamOf(name) >>> 0).toBe(streamOf(name));
});
