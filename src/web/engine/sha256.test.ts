import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { webEngine } from '../../../test/support/web-engine.ts';

const { sha256 } = await webEngine();
const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('hashes of pieces of any length are those of Node', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
      const hash = sha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.digest('hex')).toBe(expected(Buffer.concat(pieces)));
    }),
  );
});

test('more bytes than are copied at a time, and two hashes by turns', () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >> 5);
  const [one, other] = [sha256(), sha256()];
  one.update(bytes.subarray(0, 70_001));
  other.update(bytes.subarray(1));
  one.update(bytes.subarray(70_001));
  expect(one.digest('hex')).toBe(expected(bytes));
  expect(other.digest('hex')).toBe(expected(bytes.subarray(1)));
});
