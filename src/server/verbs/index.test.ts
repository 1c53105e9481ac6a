import { expect, test } from 'vitest';
import { fakeEngine } from '../testing.ts';
import { lackFor, VERB_NAMES, verbsFor, verbsOf } from './index.ts';

test('a model of tiles has the verbs that work on pictures, and says why not the others', () => {
  const { facts } = fakeEngine();
  const plain = { ...facts, references: { count: 1, source: 'images given at the start' } };
  const tiled = { ...plain, info: { ...plain.info, tiles: { side: 16, overlap: 0.25 } } };
  const names = (of: typeof plain) => verbsOf(of).map(({ name }) => name);
  expect(names(plain)).toContain('encode');
  expect(names(tiled)).toEqual(
    names(plain).filter((name) => ['reconstruct', 'denoise', 'anomaly'].includes(name)),
  );
  expect(verbsFor(tiled).map(({ name }) => name)).toEqual(VERB_NAMES);
  const encode = verbsFor(tiled).find(({ name }) => name === 'encode')!;
  expect(lackFor(encode, plain)).toBe(null);
  expect(lackFor(encode, tiled)).toBe('sees pictures through tiles, and has codes of these, not of pictures');
});
