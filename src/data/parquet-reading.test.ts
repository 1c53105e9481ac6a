import { afterEach, expect, test, vi } from 'vitest';
import { readingParquet } from './parquet-reading.ts';

const unhandled = vi.fn();
afterEach(() => {
  process.removeListener('unhandledRejection', unhandled);
});

const bytes = Uint8Array.of(1, 2, 3, 4).buffer;
const file = { byteLength: 4, slice: async (start: number, end = 4) => bytes.slice(start, end) };

test('reads give what the file has', async () => {
  const read = readingParquet(file, async (given) => new Uint8Array(await given.slice(1, 3)));
  expect([...(await read)]).toEqual([2, 3]);
});

test('reads that have begun when a call throws never fail unheard', async () => {
  process.on('unhandledRejection', unhandled);
  const broken = { byteLength: 4, slice: () => Promise.reject(new Error('unreadable')) };
  for (const given of [file, broken]) {
    const read = readingParquet(given, async (one) => {
      // As for a column that is read while the next one's schema is missing.
      void Promise.resolve(one.slice(0, 4)).then(() => Promise.reject(new Error('undecodable')));
      throw new Error('no schema');
    });
    await expect(read).rejects.toThrow('no schema');
  }
  await new Promise((later) => setTimeout(later, 20));
  expect(unhandled).not.toHaveBeenCalled();
});
