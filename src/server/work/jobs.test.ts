import { expect, test } from 'vitest';
import { memoryOf } from './jobs.ts';

test('a message hands over the memory of its arrays, once each, and none that it shares', () => {
  const [rows, bytes] = [new Float32Array(8), new Uint8Array(3)];
  const message = {
    parts: [{ data: rows }, { data: rows }],
    files: [bytes],
    view: new Float32Array(16).subarray(0, 8),
    pooled: Buffer.from('a small buffer'),
    body: { k: 5, text: 'x', none: null },
  };
  expect(memoryOf(message)).toEqual([rows.buffer, bytes.buffer]);
});
