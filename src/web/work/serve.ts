/** The worker's side: carries out calls in the order in which they come, each from its beginning to its first wait. */
import type { Snapshot } from '../../session/snapshot.ts';
import { Steering } from '../../session/steering.ts';
import { plainError } from '../engine/plain-error.ts';
import type { FromWorker, ToWorker } from '../protocol.ts';
import { turn } from '../turn.ts';

/** What a call is given next to what was posted: a way to post events, when to wait, and when to stop. */
export interface CallContext {
  emit(event: unknown): void;
  emitSnapshot(snapshot: Snapshot): void;
  readonly steering: Steering;
  readonly signal: AbortSignal;
}

export type Calls = Readonly<
  // biome-ignore lint/suspicious/noExplicitAny: what was posted; each call names its types
  Record<string, (context: CallContext, ...given: any[]) => Promise<unknown>>
>;

/** @returns what to call with each message. */
export function serve(
  calls: Calls,
  post: (message: FromWorker) => void,
): (message: ToWorker) => Promise<void> {
  const stop = new AbortController();
  const steering = new Steering(turn);
  const context: CallContext = {
    emit: (event) => post({ type: 'event', event }),
    emitSnapshot: (snapshot) => post({ type: 'snapshot', snapshot }),
    steering,
    signal: stop.signal,
  };
  return async (message) => {
    if (message.type === 'stop') return stop.abort();
    if (message.type === 'steer') return steering.take(message.message);
    const { id, name, given } = message;
    try {
      post({ type: 'answer', id, value: await calls[name]!(context, ...given) });
    } catch (error) {
      post({ type: 'failed', id, error: plainError(error) });
    }
  };
}
