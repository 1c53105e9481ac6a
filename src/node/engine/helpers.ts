/** Helpers as threads of Node that share memory with the trainer's. */
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Helper, HelperSizes } from '../../engine/index.ts';
import { packageFile } from '../../installation.ts';
import { type Exchange, ExchangeView, makeExchange } from './exchange.ts';

/** What a helper's thread is given. */
export interface HelperStart {
  /** What training's side of it starts from. */
  readonly start: unknown;
  readonly exchange: Exchange;
}

/** How long a wait blocks before the thread looks whether a helper has failed. */
const PATIENCE_MS = 1000;

export function startHelpers(count: number, start: unknown, sizes: HelperSizes): Promise<Helper[]> {
  return Promise.all(Array.from({ length: count }, () => startHelper(start, sizes)));
}

async function startHelper(start: unknown, sizes: HelperSizes): Promise<Helper> {
  const exchange = makeExchange(sizes);
  const workerData: HelperStart = { start, exchange };
  const file = packageFile(new URL('../helper-thread.js', import.meta.url));
  const worker = new Worker(file, { workerData, execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  let failure: { error: unknown } | undefined;
  worker.on('error', (error) => {
    failure = { error };
  });
  // It waits for orders forever; that must not keep the process alive.
  worker.unref();
  const shared = new ExchangeView(exchange);
  const { weights, stored, gradients, losses } = shared;
  return {
    weights,
    stored,
    gradients,
    losses,
    ask: (order) => shared.ask(order),
    async answer() {
      while (!shared.awaitReply(PATIENCE_MS)) {
        await turn();
        if (failure !== undefined) throw failure.error;
      }
    },
    async dispose() {
      await worker.terminate();
    },
  };
}
