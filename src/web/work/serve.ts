/** The worker's side of a training: its calls, and how they are steered and stopped. */
import type { Snapshot } from '../../session/snapshot.ts';
import { Steering } from '../../session/steering.ts';
import type { FromWorker, ToWorker } from '../protocol.ts';
import { turn } from '../turn.ts';
import { answering, type Calls } from './answer.ts';

/** What calls are given next to what was posted: a way to post events, when to wait, and when to stop. */
export interface CallContext {
  emit(event: unknown): void;
  emitSnapshot(snapshot: Snapshot): void;
  readonly steering: Steering;
  readonly signal: AbortSignal;
}

/** @returns what to call with each message. */
export function serve(
  calls: (context: CallContext) => Calls,
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
  const answer = answering(calls(context), post);
  return async (message) => {
    if (message.type === 'stop') return stop.abort();
    if (message.type === 'steer') return steering.take(message.message);
    return answer(message);
  };
}
