import { expect, test } from 'vitest';
import { nearest } from './suggest.ts';

const WORDS = ['stacked', 'stacked-best', 'mnist', 'batchSize', 'adam', 'adamw'];

test.each([
  ['stakced', 'stacked'],
  ['stackd', 'stacked'],
  ['STACKED', 'stacked'],
  ['mnits', 'mnist'],
  ['batchsize', 'batchSize'],
  ['batch', 'batchSize'],
  ['adma', 'adam'],
  ['adam', 'adam'],
])('%s means %s', (word, meant) => expect(nearest(word, WORDS)).toBe(meant));

test.each(['', 'x', 'completely-other', 'z'.repeat(1e6)])('nothing is guessed without a reason', (word) => {
  expect(nearest(word, WORDS)).toBeUndefined();
  expect(nearest(word, [])).toBeUndefined();
});
