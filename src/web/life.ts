/**
 * Whether a worker lives. A browser says nothing when it ends one, such as for want of memory. But a lock ends with the worker
 * that has it: who waits for the lock learns of the end. Pages without HTTPS have no locks, and do not learn of it.
 */

/** What a worker posts once it has its lock. */
export interface AliveMessage {
  readonly type: 'alive';
  readonly lock: string;
}

/** In a worker: takes a lock for as long as it lives, and says which. */
export function announceLife(post: (message: AliveMessage) => void): void {
  const lock = `hourglass worker ${Math.random()} ${performance.timeOrigin}`;
  const forever = () => {
    post({ type: 'alive', lock });
    return new Promise(() => {});
  };
  // Without a lock it works as well.
  navigator.locks?.request(lock, {}, forever).catch(() => {});
}

export const isAlive = (message: unknown): message is AliveMessage =>
  (message as { type?: unknown } | null)?.type === 'alive';

/** Calls `onEnd` when the worker has ended, unless the signal was aborted before. */
export function watchLife({ lock }: AliveMessage, signal: AbortSignal, onEnd: () => void): void {
  const use = async () => {
    if (!signal.aborted) onEnd();
  };
  // It is rejected when the signal is aborted.
  navigator.locks?.request(lock, { signal }, use).catch(() => {});
}
