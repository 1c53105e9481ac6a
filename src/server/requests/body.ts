/** Reads a request's body: limited in bytes and in time, alone and together with all others in memory. */
import type { Readable } from 'node:stream';
import { Problem } from '../problem.ts';
import type { Limits } from '../settings.ts';
import type { Account } from './budget.ts';

/**
 * The whole body. Its bytes count on the request's account. It is read by events: a promise for each chunk would take ten
 * times as long, and it is the client who decides how many chunks there are.
 * @param body the connection's side of the request. What is not read of it stays there: the connection is still needed.
 * @param declared its Content-Length; 0 if there is none.
 * @throws Problem 413 for too many bytes, 408 for too slow ones, 400 if the sender breaks off.
 */
export async function readBody(
  body: Readable,
  declared: number,
  { bodyBytes, bodyTime }: Pick<Limits, 'bodyBytes' | 'bodyTime'>,
  account: Account,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new Problem(413, `A body may have at most ${bodyBytes} bytes.`);
  if (declared > bodyBytes) throw tooLarge();
  // One array that grows: one for each chunk would take a hundred times as much as a byte.
  let bytes = new Uint8Array(0);
  let length = 0;
  const take = (chunk: Uint8Array) => {
    if (length + chunk.length > bodyBytes) throw tooLarge();
    account.take(chunk.length);
    if (length + chunk.length > bytes.length) {
      const room = Math.min(declared || bodyBytes, 2 * bytes.length);
      const larger = new Uint8Array(Math.max(length + chunk.length, room));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(chunk, length);
    length += chunk.length;
  };
  await new Promise<void>((resolve, reject) => {
    const end = (error?: Problem) => {
      clearTimeout(timer);
      body.off('data', onData).off('end', onEnd).off('close', onBroken);
      body.pause();
      if (error === undefined) resolve();
      else reject(error);
    };
    const onData = (chunk: Uint8Array) => {
      try {
        take(chunk);
      } catch (error) {
        end(error as Problem);
      }
    };
    const onEnd = () => end();
    const onBroken = () => end(new Problem(400, 'The body ended before it was complete.'));
    const onLate = () => end(new Problem(408, `A body must arrive within ${bodyTime / 1000} s.`));
    const timer = setTimeout(onLate, bodyTime);
    // An error of the connection is followed by its close; without a listener it would be thrown.
    body.on('error', () => {});
    body.on('end', onEnd).on('close', onBroken).on('data', onData);
    if (body.destroyed) onBroken();
  });
  // Whole, so that it can be handed over to a thread.
  return length === bytes.length ? bytes : bytes.slice(0, length);
}
