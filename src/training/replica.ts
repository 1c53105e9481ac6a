/** The thread of a replica: computes the gradients of its share of each batch. Ends when it is terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { beginAtMean, defineAutoencoder, trainingGraph } from '../models/index.ts';
import { batchGradients } from './batch-gradients.ts';
import { ExchangeView } from './exchange.ts';
import { ADDED_UP } from './memory.ts';
import type { ReplicaStart } from './replicas.ts';
import { layOut } from './workspace.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

const { config, shape, objective, seed, rows, mean, samples, most, exchange } = workerData as ReplicaStart;
const definition = defineAutoencoder(config, shape);
const graph = trainingGraph(definition, objective);
const workspace = layOut([{ graph, rows }], ADDED_UP, seed, { samples, most });
if (config.centre && mean !== undefined) beginAtMean(workspace.weights(), definition, mean);
const { arena, groups } = workspace;
const program = await batchGradients(workspace, graph, { rows, threads: 1 });
const shared = new ExchangeView(exchange);
port.postMessage('ready');

for (;;) {
  const { first, count, ...batch } = shared.awaitOrder();
  let start = 0;
  for (const { values } of groups) {
    arena.floats(values).set(shared.weights.subarray(start, start + values.length));
    start += values.length;
  }
  const { length } = shared.stored;
  workspace.stored[0].set(shared.stored.subarray(0, (length / most) * count));
  const losses = await program.run({ place: 0, from: 0 }, { first, count }, batch);
  shared.losses.set(Object.values(losses));
  start = 0;
  for (const { gradients } of groups) {
    shared.gradients.set(arena.floats(gradients), start);
    start += gradients.length;
  }
  shared.answer();
}
