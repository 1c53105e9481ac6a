/** The replicas of a model: threads that each compute the gradients of a share of a batch, in parallel to the trainer. */
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../installation.ts';
import type { AutoencoderConfig, ImageShape, ObjectiveConfig } from '../models/index.ts';
import { valuesOf } from '../samples/index.ts';
import { addLosses, type BatchPlace } from './batch-gradients.ts';
import type { Share } from './division.ts';
import { type Exchange, ExchangeView, makeExchange } from './exchange.ts';
import type { BatchRoom, Losses, Place, Workspace } from './workspace.ts';

/** What a replica's thread is given: it builds the same graph from the same settings. */
export interface ReplicaStart extends BatchRoom {
  config: AutoencoderConfig;
  shape: ImageShape;
  objective: ObjectiveConfig;
  seed: number;
  /** The training images' mean, for a centred model. */
  mean: Float32Array | undefined;
  /** Samples of a run. */
  rows: number;
  exchange: Exchange;
}

export interface Replicas {
  /** Has each replica begin on its share of a batch, with the weights as they are now. */
  begin(place: Place, shares: readonly Share[], batch: BatchPlace): void;
  /** Waits for them, and adds their gradients to the workspace's and their losses to `losses`, in their order. */
  finish(losses: Losses): Promise<void>;
  dispose(): Promise<void>;
}

/** How long a wait blocks before the thread looks whether a replica has failed. */
const PATIENCE_MS = 1000;

interface Replica {
  worker: Worker;
  shared: ExchangeView;
  asked: boolean;
}

/** Starts `count` of them; `most` is the samples of the largest share. */
export async function startReplicas(
  { arena, groups, stored, samples, lossNames }: Workspace,
  count: number,
  start: Omit<ReplicaStart, 'exchange' | 'samples'>,
): Promise<Replicas> {
  const size = valuesOf(samples);
  const sizes = {
    parameters: groups.reduce((sum, { values }) => sum + values.length, 0),
    losses: lossNames.length,
    storage: samples.storage,
    values: start.most * size,
  };
  let failure: unknown;
  const replicas = await Promise.all(
    Array.from({ length: count }, async (): Promise<Replica> => {
      const exchange = makeExchange(sizes);
      const workerData: ReplicaStart = { ...start, samples, exchange };
      const file = packageFile(new URL('./replica.js', import.meta.url));
      const worker = new Worker(file, { workerData, execArgv: [] });
      await new Promise<void>((resolve, reject) => {
        worker.once('message', () => resolve());
        worker.once('error', reject);
      });
      worker.on('error', (error) => {
        failure = error;
      });
      // It waits for orders forever; that must not keep the process alive.
      worker.unref();
      return { worker, shared: new ExchangeView(exchange), asked: false };
    }),
  );

  return {
    begin(place, shares, batch) {
      for (const [i, replica] of replicas.entries()) {
        const { first, count } = shares[i]!;
        const { shared } = replica;
        replica.asked = count > 0;
        if (!replica.asked) continue;
        let start = 0;
        for (const { values } of groups) {
          shared.weights.set(arena.floats(values), start);
          start += values.length;
        }
        shared.stored.set(stored[place].subarray(first * size, (first + count) * size));
        shared.ask({ ...batch, first, count });
      }
    },

    async finish(losses) {
      for (const { shared, asked } of replicas) {
        if (!asked) continue;
        while (!shared.awaitAnswer(PATIENCE_MS)) {
          await turn();
          if (failure !== undefined) throw failure;
        }
        let start = 0;
        for (const { gradients, partial } of groups) {
          arena.floats(partial!).set(shared.gradients.subarray(start, start + gradients.length));
          arena.kernels.add(gradients.offset, partial!.offset, gradients.length);
          start += gradients.length;
        }
        addLosses(losses, Object.fromEntries(lossNames.map((name, at) => [name, shared.losses[at]!])));
      }
    },

    async dispose() {
      await Promise.all(replicas.map(({ worker }) => worker.terminate()));
    },
  };
}
