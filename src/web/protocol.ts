/** What a page and its worker say to each other: plain data. Each call has a number, and so has its answer. */
import type { Snapshot } from '../session/snapshot.ts';
import type { SteerMessage } from '../session/steering.ts';
import type { EngineFiles } from './engine/index.ts';
import type { PlainError } from './engine/plain-error.ts';

/** A call of the worker; `name` is one of the tables in `work/`. */
export interface CallMessage {
  readonly type: 'call';
  readonly id: number;
  readonly name: string;
  readonly given: readonly unknown[];
}

/** What an engine is made of, or why it could not be loaded: sent once to a worker that computes. */
export type EngineMessage =
  | { readonly type: 'engine'; readonly files: EngineFiles }
  | { readonly type: 'no engine'; readonly error: PlainError };

export type ToWorker =
  | CallMessage
  | { readonly type: 'stop' }
  | { readonly type: 'steer'; readonly message: SteerMessage };

export type FromWorker =
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: PlainError };
