/** A small part of what `npm run test:faults` does a million times. */
import { expect, test } from 'vitest';
import { fuzz, PARSERS } from './faults/parsers.ts';
import { random } from './reference/random.ts';

test.each(PARSERS)('$name: spoilt files are read or refused with name and rule', (parser) => {
  const { read, refused, failures } = fuzz(parser, 500, random(1));
  expect(failures).toEqual([]);
  expect(read + refused).toBe(500);
  expect(refused).toBeGreaterThan(100);
});

test.each(PARSERS)('$name: what is not spoilt is read', ({ valid, parse }) => {
  expect(valid.length).toBeGreaterThan(0);
  for (const bytes of valid) expect(() => parse(bytes, 'file')).not.toThrow();
});
