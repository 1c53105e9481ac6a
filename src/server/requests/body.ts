/** Reads a request's body: bounded in bytes and in time, alone and with all others that are held at once. */
import { Problem, RETRY } from '../problem.ts';
import type { Limits } from '../settings.ts';

/** Bytes that all bodies together may hold. */
export class Budget {
  private readonly most: number;
  private held = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** @throws Problem 503 where too much is held. */
  take(bytes: number): void {
    if (this.held + bytes > this.most) {
      throw new Problem(503, 'Too many large requests at once; try again.', RETRY);
    }
    this.held += bytes;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }
}

/**
 * The whole body. Its bytes count against the budget until `release` is called.
 * @throws Problem 413 for too many bytes, 408 for too slow ones, 400 where the sender breaks off.
 */
export async function readBody(
  request: Request,
  limits: Pick<Limits, 'bodyBytes' | 'bodyTime'>,
  budget: Budget,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; release: () => void }> {
  const tooLarge = () => new Problem(413, `A body may have at most ${limits.bodyBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limits.bodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const release = () => {
    budget.give(length);
    length = 0;
  };
  const reader = request.body?.getReader();
  if (reader === undefined) return { bytes: new Uint8Array(0), release };
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
      budget.take(value.length);
      length += value.length;
      chunks.push(value);
    }
  } catch (error) {
    release();
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
  return { bytes, release };
}

function brokenOff(): never {
  throw new Problem(400, 'The body ended before it was whole.');
}
