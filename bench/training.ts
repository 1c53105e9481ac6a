/** hourglass's own training steps, whole: by the trainer that `train` uses, on the engine of a platform. */
import type { Engine } from '../src/engine/index.ts';
import { imageSpec, memorySource } from '../src/samples/index.ts';
import { createTrainer, type Trainer, trainingSchema } from '../src/training/index.ts';
import { definitionOf, LEARNING_RATE, type Network, objectiveConfig, sideOf } from './network.ts';
import type { Contest } from './turn.ts';

export interface TrainingSetup {
  /** All images, one after the other. */
  bytes: Uint8Array;
  count: number;
  threads: number;
  seed: number;
}

export async function trainingContest(
  engine: Engine,
  network: Network,
  { bytes, count, threads, seed }: TrainingSetup,
): Promise<Contest> {
  const side = sideOf(network);
  const images = memorySource(imageSpec({ channels: 1, height: side, width: side }), bytes);
  if (images.count !== count) throw new RangeError(`not ${count} images`);
  const trainers = new Map<number, { trainer: Trainer; step: number }>();
  const trainerOf = async (batchSize: number) => {
    const known = trainers.get(batchSize);
    if (known !== undefined) return known;
    const optimiser = { type: 'adam', learningRate: LEARNING_RATE };
    const trainer = await createTrainer(engine, {
      definition: definitionOf(network),
      objective: objectiveConfig(network),
      settings: trainingSchema.parse({ epochs: 1, batchSize, optimiser }),
      seed,
      threads,
    });
    const made = { trainer, step: 0 };
    trainers.set(batchSize, made);
    return made;
  };
  const { parameterCount } = (await trainerOf(network.batches[0]!)).trainer;
  return {
    ready: { modes: ['train'], parameters: parameterCount, versions: {}, notes: [] },
    async step({ batch }) {
      const state = await trainerOf(batch);
      let order = state.trainer.shuffle(count, state.step);
      let next = 0;
      return async () => {
        if (next + batch > count) {
          order = state.trainer.shuffle(count, state.step);
          next = 0;
        }
        const indices = order.subarray(next, next + batch);
        next += batch;
        const { loss } = await state.trainer.step(images, indices, {
          step: state.step++,
          epochs: 0,
          learningRate: LEARNING_RATE,
        });
        return loss!;
      };
    },
  };
}
