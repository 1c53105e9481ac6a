/** The replicas of a model: threads that each compute the gradients of a share of a batch, in parallel to the trainer. */
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../installation.ts';
import type { AutoencoderConfig, ImageShape, ObjectiveConfig } from '../models/index.ts';
import { addLosses, type BatchPlace } from './batch-gradients.ts';
import type { Share } from './division.ts';
import { type Exchange, ExchangeView, makeExchange } from './exchange.ts';
import type { Images, Losses, Workspace } from './workspace.ts';

/** What a replica's thread is given: it builds the same graph from the same settings. */
export interface ReplicaStart {
  config: AutoencoderConfig;
  shape: ImageShape;
  objective: ObjectiveConfig;
  seed: number;
  /** The training images' mean, for a centred model. */
  mean: Float32Array | undefined;
  /** Images of a run. */
  rows: number;
  exchange: Exchange;
}

export interface Replicas {
  /** Has each replica begin on its share of a batch, with the weights as they are now. */
  begin(images: Images, indices: Uint32Array, shares: readonly Share[], place: BatchPlace): void;
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

/** Starts `count` of them; `images` is the most that a share has. */
export async function startReplicas(
  { arena, groups, pixels, lossNames }: Workspace,
  count: number,
  { images: most, ...start }: Omit<ReplicaStart, 'exchange'> & { images: number },
): Promise<Replicas> {
  const sizes = {
    parameters: groups.reduce((sum, { values }) => sum + values.length, 0),
    losses: lossNames.length,
    pixels: most * pixels,
  };
  let failure: unknown;
  const replicas = await Promise.all(
    Array.from({ length: count }, async (): Promise<Replica> => {
      const exchange = makeExchange(sizes);
      const workerData: ReplicaStart = { ...start, exchange };
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
    begin(images, indices, shares, place) {
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
        for (let row = 0; row < count; row++) {
          const from = indices[first + row]! * pixels;
          shared.pixels.set(images.pixels.subarray(from, from + pixels), row * pixels);
        }
        shared.ask({ ...place, first, count });
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
