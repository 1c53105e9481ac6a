/**
 * Helpers as Web Workers, each with a module and a heap of its own. Arrays are posted, and each side has them in turn:
 * posting moves them without a copy. So helpers need no shared memory, and a page need not be cross-origin isolated.
 */
import type { Helper, HelperOrder, HelperSizes } from '../../engine/index.ts';
import type { EngineFiles } from './files.ts';
import { type PlainError, thrownAgain } from './plain-error.ts';

/** A thread as an engine sees it. */
export interface Thread {
  post(message: unknown, moved: readonly ArrayBuffer[]): void;
  /** Calls `onMessage` with each message, and `onError` if the thread fails. Replaces what was there before. */
  listen(onMessage: (message: unknown) => void, onError: (error: Error) => void): void;
  end(): void;
}

export type HelperBuffers = Record<'weights' | 'stored' | 'gradients' | 'losses', ArrayBuffer>;

/** What is posted to a helper. */
export type ToHelper =
  | { type: 'start'; files: EngineFiles; start: unknown }
  | { type: 'order'; order: HelperOrder; buffers: HelperBuffers };

/** What it posts back. */
export type FromHelper =
  | { type: 'ready' }
  | { type: 'done'; buffers: HelperBuffers }
  | { type: 'failed'; error: PlainError };

/** Starts a helper on a thread of its own. An engine is given it, so that one without helpers does without this file. */
export type HelperStarter = (files: EngineFiles, start: unknown, sizes: HelperSizes) => Promise<Helper>;

/** @param startThread starts a thread that runs helper-worker.ts. */
export const helpersOn =
  (startThread: () => Thread): HelperStarter =>
  (files, start, sizes) =>
    startHelper(startThread(), files, start, sizes);

async function startHelper(
  thread: Thread,
  files: EngineFiles,
  start: unknown,
  sizes: HelperSizes,
): Promise<Helper> {
  const post = (message: ToHelper, moved: readonly ArrayBuffer[] = []) => thread.post(message, moved);
  /** The thread's next message. */
  const next = () => {
    const message = new Promise<FromHelper>((resolve, reject) =>
      thread.listen((message) => resolve(message as FromHelper), reject),
    );
    // The one that waits for it sees the error.
    message.catch(() => {});
    return message;
  };
  const ready = next();
  try {
    post({ type: 'start', files, start });
    const message = await ready;
    if (message.type === 'failed') throw thrownAgain(message.error);
  } catch (error) {
    thread.end();
    throw error;
  }

  let views = viewsOf({
    weights: new ArrayBuffer(4 * sizes.parameters),
    stored: new ArrayBuffer(sizes.stored),
    gradients: new ArrayBuffer(4 * sizes.parameters),
    losses: new ArrayBuffer(8 * sizes.losses),
  });
  let reply: Promise<FromHelper> | undefined;
  return {
    get weights() {
      return views.weights;
    },
    get stored() {
      return views.stored;
    },
    get gradients() {
      return views.gradients;
    },
    get losses() {
      return views.losses;
    },
    ask(order) {
      reply = next();
      const { weights, stored, gradients, losses } = views.buffers;
      post({ type: 'order', order, buffers: views.buffers }, [weights, stored, gradients, losses]);
    },
    async answer() {
      const message = await reply;
      if (message?.type === 'failed') throw thrownAgain(message.error);
      if (message?.type !== 'done') throw new Error('helper: it was not asked');
      views = viewsOf(message.buffers);
    },
    async dispose() {
      thread.end();
    },
  };
}

export function viewsOf(buffers: HelperBuffers) {
  return {
    buffers,
    weights: new Float32Array(buffers.weights),
    stored: new Uint8Array(buffers.stored),
    gradients: new Float32Array(buffers.gradients),
    losses: new Float64Array(buffers.losses),
  };
}
