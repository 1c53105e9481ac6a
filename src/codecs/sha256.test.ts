import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256 } from './sha256.ts';

test('is SHA-256 for every length around a block, in pieces of any size', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 151 + 7) % 256);
  for (let length = 0; length <= bytes.length; length++) {
    const given = bytes.subarray(0, length);
    const expected = createHash('sha256').update(given).digest('hex');
    for (const piece of [1, 55, 63, 64, 65, 300]) {
      const hash = sha256();
      for (let at = 0; at < length; at += piece) hash.update(given.subarray(at, at + piece));
      expect(hash.digest('hex')).toBe(expected);
    }
  }
});
