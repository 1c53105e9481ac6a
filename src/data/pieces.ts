/** The body of an address in pieces, within limits on size and silence. Who asks for it says what a failure means. */
import type { DataOptions } from './dataset.ts';

/** A server that did not answer in time. */
export class NoAnswer extends Error {}

/** A server that unpacks files on the way would break their checksums. */
export const AS_IT_IS = { 'accept-encoding': 'identity' } as const;

export interface PieceOptions {
  signal: DataOptions['signal'];
  onProgress: DataOptions['onProgress'];
  /** The file's name, for `onProgress`. */
  file: string;
  /** The most bytes that are taken. */
  most: number;
  /** Milliseconds until the server must have answered, redirects included. */
  answerMs: number;
  /** Milliseconds from one piece to the next, at most. */
  silenceMs: number;
}

/**
 * Asks a server and hands on the pieces of its answer, all of them or an error.
 * @param ask gives the last answer, after redirects; the signal ends it.
 * @throws NoAnswer, or any error: of the network, of the limits, of `ask`, or the reason of `signal`.
 */
export async function* piecesOf(
  ask: (signal: AbortSignal) => Promise<Response>,
  { file, most, answerMs, silenceMs, signal, onProgress }: PieceOptions,
): AsyncGenerator<Uint8Array, void> {
  const control = new AbortController();
  const noAnswer = () => control.abort(new NoAnswer(`no answer within ${answerMs / 1000} s`));
  const fellSilent = () => control.abort(new Error(`no data for ${silenceMs / 1000} s`));
  const stop = () => control.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  let timer = setTimeout(noAnswer, answerMs);
  try {
    const response = await ask(control.signal);
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    const length = response.headers.get('content-length');
    const total = length === null || response.headers.has('content-encoding') ? null : Number(length);
    if (total !== null && total > most) throw new Error(`${total} bytes, more than ${most}`);
    let received = 0;
    for await (const piece of response.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(fellSilent, silenceMs);
      received += piece.length;
      if (received > most) throw new Error(`more than ${most} bytes`);
      yield piece;
      onProgress?.({ file, received, total });
    }
    if (total !== null && received !== total) throw new Error(`${received} of ${total} bytes received`);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    // Releases a body that was not read to its end; no effect otherwise.
    control.abort();
  }
}
