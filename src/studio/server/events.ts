/** A run's messages as server-sent events. A client that reads slowly misses pictures, and nothing else. */
import type { RunMessage } from '../protocol.ts';
import { toText } from '../wire.ts';
import type { Runs } from './runs.ts';

/** Milliseconds between lines that keep the connection open. */
const ALIVE_EVERY = 15_000;

/** What a newer one of its kind replaces while it waits. */
function kindOf(message: RunMessage): string | null {
  if (message.type === 'snapshot') return 'snapshot';
  return message.type === 'event' && ['step', 'measuring'].includes(message.event.type)
    ? message.event.type
    : null;
}

/** @throws Problem if there is no such run. */
export async function eventStream(runs: Runs, id: string, signal: AbortSignal): Promise<ReadableStream> {
  const waiting: (RunMessage | null)[] = [];
  let wake: () => void = () => {};
  const listen = (message: RunMessage | null) => {
    const kind = message === null ? null : kindOf(message);
    if (kind !== null) {
      const at = waiting.findIndex((each) => each !== null && kindOf(each) === kind);
      if (at >= 0) waiting.splice(at, 1);
    }
    waiting.push(message);
    wake();
  };
  const end = await runs.follow(id, listen);
  const timer = setInterval(() => listen(null), ALIVE_EVERY);
  const close = () => {
    clearInterval(timer);
    end();
    wake();
  };
  signal.addEventListener('abort', close, { once: true });
  const text = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        while (waiting.length === 0 && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (signal.aborted) return controller.close();
        const message = waiting.shift()!;
        controller.enqueue(text.encode(message === null ? ': alive\n\n' : `data: ${toText(message)}\n\n`));
      },
      cancel: close,
    },
    { highWaterMark: 1 },
  );
}
