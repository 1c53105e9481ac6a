/** A model in a thread of its own, as the main thread sees it: one batch at a time. */
import { Worker } from 'node:worker_threads';
import { HourglassError } from '../../errors.ts';
import { packageFile } from '../../installation.ts';
import type {
  BatchRequest,
  Call,
  CallResults,
  ModelFacts,
  Operation,
  ThreadMessage,
  ThreadStart,
} from './protocol.ts';

/**
 * Whether an error is the model's objection to a request, after which its thread is as good as before. Too little memory is
 * none, although it is an expected error.
 */
export const isObjection = (error: unknown): boolean =>
  error instanceof HourglassError && error.kind !== 'environment';

/** Runs batches. The queue needs nothing else from a thread. */
export interface Engine {
  readonly facts: ModelFacts;
  /** Rows in, rows out. One call at a time. Rejects where the engine is no more. */
  run(
    operation: Operation,
    rows: Float32Array<ArrayBuffer>,
    labels: Uint8Array | null,
  ): Promise<Float32Array>;
  /** Rejects with an {@link isObjection objection} for what the model cannot do. */
  call<C extends Call>(call: C): Promise<CallResults[C['verb']]>;
  /** Settles when the engine is gone, whether it was closed or failed. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a model's thread and waits until the model is loaded.
 * @throws HourglassError if the folder holds no model, or a damaged one.
 */
export async function startEngine(start: ThreadStart): Promise<Engine> {
  const worker = new Worker(packageFile(new URL('./thread.js', import.meta.url)), {
    workerData: start,
    execArgv: [],
  });
  let settle: { resolve(result: unknown): void; reject(error: unknown): void } | undefined;
  let loaded = false;
  let failure: unknown;
  const gone = new Promise<void>((resolve) => worker.on('exit', () => resolve()));
  worker.on('error', (error) => {
    failure = error;
  });
  const facts = await new Promise<ModelFacts>((resolve, reject) => {
    worker.on('message', (message: ThreadMessage) => {
      switch (message.type) {
        case 'ready':
          loaded = true;
          resolve(message.facts);
          break;
        case 'refused': {
          const error = new HourglassError(message.kind, message.parts);
          reject(error);
          if (!loaded) void worker.terminate();
          settle?.reject(error);
          settle = undefined;
          break;
        }
        case 'called':
          settle?.resolve(message.result);
          settle = undefined;
          break;
        case 'result':
          settle?.resolve(message.rows);
          settle = undefined;
          break;
        case 'failed':
          settle?.reject(message.error);
          settle = undefined;
          break;
      }
    });
    void gone.then(() => {
      const error = failure ?? new Error("a model's thread ended");
      reject(error);
      settle?.reject(error);
    });
  });
  const ask = <T>(work: BatchRequest | Call, hand: ArrayBuffer[] = []): Promise<T> =>
    new Promise((resolve, reject) => {
      settle = { resolve: resolve as (result: unknown) => void, reject };
      worker.postMessage(work, hand);
    });
  return {
    facts,
    gone,
    run: (operation, rows, labels) => ask({ operation, rows, labels }, [rows.buffer]),
    call: (call) => ask(call),
    async close() {
      await worker.terminate();
    },
  };
}
