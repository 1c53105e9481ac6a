import { expect, test, vi } from 'vitest';
import { collectWhenQuiet } from './collect.ts';

test('arrays that nobody needs any more are given back once it is quiet', async () => {
  let array: Float32Array | null = new Float32Array(2 ** 24).fill(1);
  const { arrayBuffers } = process.memoryUsage();
  array = null;
  expect(array).toBeNull();
  collectWhenQuiet(2 ** 26);
  await vi.waitFor(() => expect(process.memoryUsage().arrayBuffers).toBeLessThan(arrayBuffers - 2 ** 25), {
    timeout: 30_000,
    interval: 200,
  });
}, 40_000);
