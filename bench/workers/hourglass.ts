/** hourglass's own step, whole: batch, masks, ONNX Runtime, Adam, through the trainer that `train` uses. */
import { readFileSync } from 'node:fs';
import { objectiveSchema } from '../../src/models/index.ts';
import { createTrainer, type Trainer, trainingSchema } from '../../src/training/index.ts';
import { LEARNING_RATE, PIXELS, stackedDefinition } from '../network.ts';
import { serve } from '../protocol.ts';

await serve(async ({ data, images: count, threads, seed }) => {
  const images = { pixels: new Uint8Array(readFileSync(data)), count };
  if (images.pixels.length !== count * PIXELS) throw new RangeError(`${data}: not ${count} images`);
  const makeTrainer = (batchSize: number) =>
    createTrainer({
      definition: stackedDefinition(),
      objective: objectiveSchema.parse({ loss: { type: 'mae' } }),
      settings: trainingSchema.parse({
        epochs: 1,
        batchSize,
        optimiser: { type: 'adam', learningRate: LEARNING_RATE },
      }),
      seed,
      threads,
    });
  const trainers = new Map<number, { trainer: Trainer; step: number }>();
  const trainerOf = async (batch: number) => {
    const known = trainers.get(batch) ?? { trainer: await makeTrainer(batch), step: 0 };
    trainers.set(batch, known);
    return known;
  };
  const { parameterCount } = (await trainerOf(32)).trainer;
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
});
