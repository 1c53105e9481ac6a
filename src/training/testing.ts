/** Small models, images and fake trainers for this folder's tests. */
import { random } from '../../test/reference/random.ts';
import {
  type AutoencoderConfig,
  autoencoderSchema,
  defineAutoencoder,
  type ObjectiveConfig,
  objectiveSchema,
} from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { imageSpec, type MemorySource, memorySource } from '../samples/index.ts';
import { type TrainingSettings, trainingSchema } from './settings.ts';
import { createTrainer, type Trainer } from './trainer.ts';
import type { Losses } from './workspace.ts';

export const settingsOf = (settings: object): TrainingSettings =>
  trainingSchema.parse({ epochs: 3, ...settings });

/** An objective whose loss is of one type, with more where asked. */
export const objectiveOf = (type: string, more: object = {}): ObjectiveConfig =>
  objectiveSchema().parse({ loss: { type }, ...more });

export const modelOf = (model: object): AutoencoderConfig =>
  autoencoderSchema().parse({
    family: 'autoencoder',
    encoder: [],
    decoder: [],
    code: { units: 2 },
    ...model,
  });

/** Everything that carries state from step to step: dropout's masks, batch norm's statistics. */
export const BUSY_MODEL = modelOf({
  encoder: [
    { type: 'dense', units: 6, activation: 'gelu' },
    { type: 'batchNorm' },
    { type: 'dropout', rate: 0.3 },
  ],
  code: { units: 3, dropout: 0.1 },
  decoder: [{ type: 'dense', units: 6, activation: 'tanh' }],
});

/** A Gaussian code, and every source of noise that goes with it: dropout and batch norm in the decoder, too. */
export const NOISY_MODEL = modelOf({
  encoder: [
    { type: 'dense', units: 6, activation: 'tanh' },
    { type: 'dropout', rate: 0.2 },
  ],
  code: { type: 'gaussian', units: 3, kl: { weight: 0.5, warmup: 1.5, freeBits: 0.05 } },
  decoder: [
    { type: 'dense', units: 6, activation: 'elu' },
    { type: 'batchNorm' },
    { type: 'dropout', rate: 0.1 },
  ],
  output: { activation: 'identity' },
});

/** A loss of as many parts as go together, on corrupted images. */
export const MANY_PARTS = objectiveSchema().parse({
  corruption: { type: 'gaussian', sigma: 0.3 },
  loss: { type: 'gaussian', reduction: 'sum', sigma: 'learned', weight: 2 },
  penalties: {
    contraction: { weight: 0.1, method: 'estimate', projections: 2 },
    l1: { weight: 0.01 },
    l2: { weight: 0.001, biases: true },
  },
});

export const LINEAR_MODEL = modelOf({ output: { activation: 'identity' } });

export function trainerOf(
  model: AutoencoderConfig,
  values: number,
  settings: TrainingSettings,
  {
    seed = 1,
    objective = objectiveOf('mse'),
    threads = 1,
  }: { seed?: number; objective?: ObjectiveConfig; threads?: number } = {},
): Promise<Trainer> {
  return createTrainer(nodeEngine, {
    definition: defineAutoencoder(model, { height: 1, width: values, channels: 1 }),
    objective,
    settings,
    seed,
    threads,
  });
}

/** Images in a space of `rank` dimensions (and a mean), with noise, as bytes. */
export function lowRankImages(count: number, values: number, rank: number, seed: number): MemorySource {
  const draw = random(1234);
  const basis = Array.from({ length: rank }, () => Array.from({ length: values }, () => draw() - 0.5));
  const own = random(seed);
  const bytes = new Uint8Array(count * values);
  for (let n = 0; n < count; n++) {
    const weights = basis.map((_, k) => (own() - 0.5) * (180 - 30 * k));
    for (let p = 0; p < values; p++) {
      const value = 128 + basis.reduce((sum, image, k) => sum + weights[k]! * image[p]!, 0);
      bytes[n * values + p] = Math.round(value + 48 * (own() - 0.5));
    }
  }
  return memorySource(imageSpec({ height: 1, width: values, channels: 1 }), bytes);
}

/** A trainer that computes nothing: it notes what it is asked for and gives the losses it is told to. */
export function fakeTrainer(losses: {
  training?: (step: number) => number;
  validation?: (epoch: number) => number;
  needsPairs?: boolean;
}) {
  const { needsPairs = false } = losses;
  const steps: { indices: number[]; step: number; learningRate: number }[] = [];
  let evaluations = 0;
  const trainer: Trainer = {
    // Nobody looks at it.
    graph: undefined as never,
    parts: [],
    parameterCount: 0,
    needsPairs,
    async step(_images, indices, { step, learningRate }): Promise<Losses> {
      steps.push({ indices: [...indices], step, learningRate });
      return { loss: losses.training?.(step) ?? 1 };
    },
    async evaluate(): Promise<Losses> {
      evaluations++;
      return { loss: losses.validation?.(evaluations) ?? 1 };
    },
    shuffle: (count, epoch) => Uint32Array.from({ length: count }, (_, i) => (i + epoch) % count),
    weights: () => new Map(),
    optimiserState: () => new Map(),
    gradients: () => new Map(),
    norms: () => ({ weights: 0, gradients: 0 }),
    dispose: async () => {},
  };
  return { trainer, steps };
}
