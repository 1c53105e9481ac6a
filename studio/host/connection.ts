/** Whether the server behind the page answers, and what to do when it does again. */
import { signal } from '@preact/signals';

export const connection = signal<'open' | 'lost'>('open');

/** Milliseconds from one question whether the server is there again to the next. */
const ASK_EVERY = 2000;

/**
 * Says that the server does not answer, until it does.
 * @param isThere asks it.
 */
export function lose(isThere: () => Promise<boolean>): void {
  if (connection.peek() === 'lost') return;
  connection.value = 'lost';
  const ask = async () => {
    if (connection.peek() === 'lost' && (await isThere())) connection.value = 'open';
    if (connection.peek() === 'lost') setTimeout(ask, ASK_EVERY);
  };
  setTimeout(ask, ASK_EVERY);
}

/** Calls `again` whenever the server, or the network, is there again. @returns what ends it. */
export function onReturn(again: () => void): () => void {
  let before = connection.peek();
  const end = connection.subscribe((now) => {
    if (before === 'lost' && now === 'open') again();
    before = now;
  });
  addEventListener('online', again);
  return () => {
    end();
    removeEventListener('online', again);
  };
}
