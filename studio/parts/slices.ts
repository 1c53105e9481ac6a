/** Long work on the page's own thread in slices: between them the page draws and answers. */

/** Resolves in a new task, at once where the browser has nothing to do. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Calls `piece` for 0 ≤ i < count, in slices of about `budget` milliseconds. */
export async function inSlices(
  count: number,
  piece: (i: number) => void,
  { signal, budget = 6 }: { signal?: AbortSignal | undefined; budget?: number } = {},
): Promise<void> {
  let since = performance.now();
  for (let i = 0; i < count; i++) {
    piece(i);
    // The clock is read now and then: it costs more than many a piece.
    if ((i & 15) === 15 && performance.now() - since > budget) {
      await breathe();
      signal?.throwIfAborted();
      since = performance.now();
    }
  }
}
