/** The thread of a helper: carries out one order after another. It ends when it is terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReplica, type ReplicaStart } from '../training/replica.ts';
import { ExchangeView } from './engine/exchange.ts';
import type { HelperStart } from './engine/helpers.ts';
import { nodeEngine } from './engine/index.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const { start, exchange } = workerData as HelperStart;
const replica = await openReplica(nodeEngine, start as ReplicaStart);
const shared = new ExchangeView(exchange);
port.postMessage('ready');

for (;;) {
  await replica.run(shared.awaitOrder(), shared);
  shared.reply();
}
