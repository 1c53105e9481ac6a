/** One call of hyparquet, without failures that nobody waits for. */
import type { AsyncBuffer } from 'hyparquet';

/**
 * Reads from a file. hyparquet begins to read all columns at once, and damage can make it throw while it does: nobody waits for
 * the reads that it has begun then, and one that fails would end the process. So no read settles before all have begun, and none
 * ever does once the call has failed.
 */
export async function readingParquet<T>(
  { byteLength, slice }: AsyncBuffer,
  read: (file: AsyncBuffer) => Promise<T>,
): Promise<T> {
  let hasFailed = false;
  const file: AsyncBuffer = {
    byteLength,
    async slice(start, end) {
      await new Promise<void>((turn) => setImmediate(turn));
      return hasFailed ? new Promise<never>(() => {}) : slice(start, end);
    },
  };
  try {
    return await read(file);
  } catch (error) {
    hasFailed = true;
    throw error;
  }
}
