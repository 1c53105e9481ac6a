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
  if (Number(request.headers.get('content-length') ?? 0) > limits.bodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Problem(408, `A body must arrive within ${limits.bodyTime / 1000} s.`));
    timer = setTimeout(fail, limits.bodyTime);
  });
  try {
    while (true) {
      const { done, value } = await Promise.race([reader.read().catch(brokenOff), late]);
      if (done) break;
      if (length + value.length > limits.bodyBytes) throw tooLarge();
      account.take(value.length);
      length += value.length;
      chunks.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function brokenOff(): never {
  throw new Problem(400, 'The body ended before it was complete.');
}
