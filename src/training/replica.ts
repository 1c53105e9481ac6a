/** A replica of a model: computes the gradients of its share of each batch, in a helper of the engine. */
import type { Engine, HelperArrays, HelperOrder } from '../engine/index.ts';
import {
  type AutoencoderConfig,
  beginWith,
  defineAutoencoder,
  type ImageShape,
  loadExtensions,
  type ObjectiveConfig,
  trainingGraph,
} from '../models/index.ts';
import { batchGradients } from './batch-gradients.ts';
import { ADDED_UP } from './memory.ts';
import { type BatchRoom, bytesOf, layOut } from './workspace.ts';

/** What a replica builds the trainer's graph from. Plain data: it crosses to another thread. */
export interface ReplicaStart extends BatchRoom {
  config: AutoencoderConfig;
  shape: ImageShape;
  objective: ObjectiveConfig;
  seed: number;
  /** The training images' mean, for a centred model. */
  mean: Float32Array | undefined;
  /** Samples of a run. */
  rows: number;
  /** Modules to load first: the model may be of kinds that they add. */
  extensions: readonly string[];
}

export interface Replica {
  /** Carries out one order: weights and samples are read from the arrays, gradients and losses written to them. */
  run(order: HelperOrder, arrays: HelperArrays): Promise<void>;
}

export async function openReplica(engine: Engine, start: ReplicaStart): Promise<Replica> {
  const { config, shape, objective, seed, rows, mean, samples, most } = start;
  await loadExtensions(start.extensions);
  const definition = defineAutoencoder(config, shape);
  const graph = trainingGraph(definition, objective);
  const workspace = layOut(engine, [{ graph, rows }], ADDED_UP, seed, { samples, most });
  // Parameters are sent with each order; the mean is none.
  if (mean !== undefined) beginWith(workspace.weights(), definition, { mean });
  const { arena, groups } = workspace;
  const room = bytesOf(workspace.stored[0]);
  const program = await batchGradients(workspace, graph, { rows, threads: 1 });
  return {
    async run({ first, count, ...batch }, { weights, stored, gradients: result, losses: sums }) {
      let at = 0;
      for (const { values } of groups) {
        arena.floats(values).set(weights.subarray(at, at + values.length));
        at += values.length;
      }
      room.set(stored.subarray(0, (room.length / most) * count));
      workspace.labels?.[0].set(stored.subarray(room.length, room.length + count));
      const losses = await program.run({ place: 0, from: 0 }, { first, count }, batch);
      sums.set(Object.values(losses));
      at = 0;
      for (const { gradients } of groups) {
        result.set(arena.floats(gradients), at);
        at += gradients.length;
      }
    },
  };
}
