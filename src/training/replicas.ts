/** The replicas of a model: helpers that each compute the gradients of a share of a batch, in parallel to the trainer. */
import { extensionUrls } from '../models/index.ts';
import { bytesPerValue, valuesOf } from '../samples/index.ts';
import { addLosses, type BatchPlace } from './batch-gradients.ts';
import type { Share } from './division.ts';
import type { ReplicaStart } from './replica.ts';
import { bytesOf, type Losses, type Place, type Workspace } from './workspace.ts';

export interface Replicas {
  /** Has each replica begin on its share of a batch, with the weights as they are now. */
  begin(place: Place, shares: readonly Share[], batch: BatchPlace): void;
  /** Waits for them, and adds their gradients to the workspace's and their losses to `losses`, in their order. */
  finish(losses: Losses): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts `count` of them; `most` is the samples of the largest share. */
export async function startReplicas(
  { engine, arena, groups, stored, labels, samples, lossNames }: Workspace,
  count: number,
  start: Omit<ReplicaStart, 'samples' | 'extensions'>,
): Promise<Replicas> {
  const size = valuesOf(samples);
  // The labels of a conditional model's samples follow their values.
  const bytes = start.most * size * bytesPerValue(samples.storage);
  const replica: ReplicaStart = { ...start, samples, extensions: extensionUrls() };
  const helpers = await engine.helpers(count, replica, {
    parameters: groups.reduce((sum, { values }) => sum + values.length, 0),
    losses: lossNames.length,
    stored: bytes + (labels === null ? 0 : start.most),
  });
  let asked = 0;

  return {
    begin(place, shares, batch) {
      // Only the last shares may be empty.
      asked = shares.filter(({ count }) => count > 0).length;
      for (const [i, helper] of helpers.slice(0, asked).entries()) {
        const { first, count } = shares[i]!;
        let start = 0;
        for (const { values } of groups) {
          helper.weights.set(arena.floats(values), start);
          start += values.length;
        }
        helper.stored.set(bytesOf(stored[place].subarray(first * size, (first + count) * size)));
        if (labels !== null) helper.stored.set(labels[place].subarray(first, first + count), bytes);
        helper.ask({ ...batch, first, count });
      }
    },

    async finish(losses) {
      for (const helper of helpers.slice(0, asked)) {
        await helper.answer();
        let start = 0;
        for (const { gradients, partial } of groups) {
          arena.floats(partial!).set(helper.gradients.subarray(start, start + gradients.length));
          arena.kernels.add(gradients.offset, partial!.offset, gradients.length);
          start += gradients.length;
        }
        addLosses(losses, Object.fromEntries(lossNames.map((name, at) => [name, helper.losses[at]!])));
      }
    },

    async dispose() {
      await Promise.all(helpers.map((helper) => helper.dispose()));
    },
  };
}
