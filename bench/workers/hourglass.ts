/** hourglass's own work, whole: steps by the trainer that `train` uses, codes by the model that `loadModel` gives. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anomaly, loadModel, type Model, train } from 'hourglass';
import { nodeEngine } from '../../src/node/engine/index.ts';
import { imageSpec, memorySource } from '../../src/samples/index.ts';
import { createTrainer, type Trainer, trainingSchema } from '../../src/training/index.ts';
import {
  definitionOf,
  LEARNING_RATE,
  type Network,
  networkNamed,
  objectiveConfig,
  sideOf,
} from '../networks.ts';
import { type Contest, type Setup, serve } from '../protocol.ts';

/** What a model is used for: the work itself, on what it is given. */
const USES = {
  encoding: async (model: Model, images: Uint8Array) => () => model.encode(images),
  decoding: async (model: Model, images: Uint8Array) => {
    const { data: codes } = await model.encode(images);
    return () => model.decode(codes as Float32Array);
  },
  scoring: async (model: Model, images: Uint8Array) => () => anomaly(model, images),
};

await serve((setup) => {
  const network = networkNamed(setup.network);
  return network.work === 'training' ? training(network, setup) : using(network.work, setup);
});

async function training(network: Network, { data, images: count, threads, seed }: Setup): Promise<Contest> {
  const side = sideOf(network);
  const images = memorySource(
    imageSpec({ channels: 1, height: side, width: side }),
    new Uint8Array(readFileSync(data)),
  );
  if (images.count !== count) throw new RangeError(`${data}: not ${count} images`);
  const trainers = new Map<number, { trainer: Trainer; step: number }>();
  const trainerOf = async (batchSize: number) => {
    const known = trainers.get(batchSize);
    if (known !== undefined) return known;
    const optimiser = { type: 'adam', learningRate: LEARNING_RATE };
    const trainer = await createTrainer(nodeEngine, {
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

async function using(
  work: keyof typeof USES,
  { data, images: count, seed, threads }: Setup,
): Promise<Contest> {
  const images = new Uint8Array(readFileSync(data));
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  const out = join(folder, 'run');
  await train('stacked', { data: 'mnist-10k', epochs: 1, seed, out, threads, tensorboard: 'none' });
  const model = await loadModel(out, { threads });
  rmSync(folder, { recursive: true });
  return {
    ready: { modes: [work], parameters: 0, versions: {}, notes: [] },
    async step({ batch }) {
      // Ten thousand digits of which some come twice.
      const size = images.length / count;
      const asked = Uint8Array.from({ length: batch * size }, (_, i) => images[i % images.length]!);
      const use = await USES[work](model, asked);
      return async () => {
        await use();
        return 0;
      };
    },
  };
}
