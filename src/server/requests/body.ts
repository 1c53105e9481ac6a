/** Reads a request's body: limited in bytes and in time, alone and together with all others in memory. */
import { Problem } from '../problem.ts';
import type { Limits } from '../settings.ts';
import type { Account } from './budget.ts';

/**
 * The whole body. Its bytes count on the request's account.
 * @throws Problem 413 for too many bytes, 408 for too slow ones, 400 if the sender breaks off.
 */
export async function readBody(
  request: Request,
  limits: Pick<Limits, 'bodyBytes' | 'bodyTime'>,
  account: Account,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new Problem(413, `A body may have at most ${limits.bodyBytes} bytes.`);
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limits.bodyBytes) throw tooLarge();
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  const cancel = () => void reader.cancel().catch(() => {});
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // Ends the read in progress.
    cancel();
  }, limits.bodyTime);
  // One array that grows: a client may send a byte at a time, and an array for each would take a hundred times as much.
  let bytes = new Uint8Array(0);
  let length = 0;
  try {
    while (true) {
      const { done, value } = await reader.read().catch(() => ({ done: null, value: undefined }));
      if (isLate) throw new Problem(408, `A body must arrive within ${limits.bodyTime / 1000} s.`);
      if (done === null) throw new Problem(400, 'The body ended before it was complete.');
      if (done) break;
      if (length + value.length > limits.bodyBytes) throw tooLarge();
      account.take(value.length);
      if (length + value.length > bytes.length) {
        const larger = new Uint8Array(
          Math.max(length + value.length, Math.min(declared || limits.bodyBytes, 2 * bytes.length)),
        );
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(value, length);
      length += value.length;
    }
  } catch (error) {
    cancel();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // Whole, so that it can be handed over to a thread.
  return length === bytes.length ? bytes : bytes.slice(0, length);
}
