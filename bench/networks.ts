/** What is measured: training steps of several networks, the use of a model, and what is aimed at. */
import { readFileSync } from 'node:fs';
import {
  type AutoencoderConfig,
  autoencoderSchema,
  type Definition,
  defineAutoencoder,
  type ObjectiveConfig,
  objectiveSchema,
} from '../src/models/index.ts';

/** Height and width of a digit. */
const SIDE = 28;
export const LEARNING_RATE = 0.001;

/** At least so many times as fast as a peer; at least such a share of the floor. */
export type Aims = Partial<Record<string, number>>;

export interface Network {
  name: string;
  /** What it is, in a line. */
  about: string;
  /** `training`: steps of Adam; otherwise the use of a model on so many images. */
  work: 'training' | 'encoding' | 'decoding' | 'scoring';
  /** Height and width of an image; 28 where it is left out. */
  side?: number;
  batches: readonly number[];
  aims: Aims;
  /** False where its products are not all that costs. */
  floor?: false;
  model: object;
  objective: object;
}

/** A recipe's model and what it minimises. */
function recipe(name: string): {
  model: object;
  objective: Record<'corruption' | 'loss' | 'penalties', object>;
} {
  const file = new URL(`../../../recipes/${name}.json`, import.meta.url);
  const { model, corruption, loss, penalties } = JSON.parse(readFileSync(file, 'utf8'));
  return { model, objective: { corruption, loss, penalties } };
}

const conv = (channels: number, kernel: number) => ({ type: 'conv', channels, kernel, activation: 'relu' });

export const NETWORKS: readonly Network[] = [
  {
    name: 'dense',
    about:
      '`stacked`: 784-512-256-128-11-128-256-512-784, ReLU, dropout 0.2 seven times, mean absolute error, Adam',
    work: 'training',
    batches: [32, 128, 512],
    aims: { pytorch: 1.5, jax: 1, floor: 0.7 },
    ...recipe('stacked'),
  },
  {
    name: 'convolutional',
    about:
      '3×3 denoiser 1→32→32→32→32→1 at 28×28, pooled and upsampled twice, ReLU, noise σ 0.4, binary cross-entropy, Adam',
    work: 'training',
    batches: [128],
    aims: { pytorch: 1.2, jax: 3, floor: 0.45 },
    model: {
      encoder: [conv(32, 3), { type: 'maxPool', size: 2 }, conv(32, 3), { type: 'maxPool', size: 2 }],
      code: { type: 'maps' },
      decoder: [conv(32, 3), { type: 'upsample', factor: 2 }, conv(32, 3), { type: 'upsample', factor: 2 }],
      output: { type: 'conv', kernel: 3, activation: 'sigmoid' },
    },
    objective: { corruption: { type: 'gaussian', sigma: 0.4 }, loss: { type: 'bce' } },
  },
  {
    name: 'variational',
    about: '784-400-20 and back, GELU, binary cross-entropy and KL divergence, Adam',
    work: 'training',
    batches: [128],
    aims: { pytorch: 1.5, jax: 1, floor: 0.6 },
    ...recipe('vae20'),
  },
  {
    name: 'contractive',
    about: '784-256-256-64 and back, sigmoid, squared error and the exact ‖∂h/∂x‖²_F, Adam',
    work: 'training',
    batches: [128],
    aims: { pytorch: 2, jax: 1 },
    floor: false,
    model: recipe('contractive').model,
    objective: {
      loss: recipe('contractive').objective.loss,
      penalties: { contraction: { weight: 0.05 } },
    },
  },
  {
    name: 'denoising-conv',
    about:
      '`denoising-conv`: 5×5 convolutions of 64 maps, pooled twice to 7×7, two transposed ones of stride 2 back, leaky ReLU, noise σ 0.5, binary cross-entropy, Adam',
    work: 'training',
    batches: [64],
    aims: {},
    ...recipe('denoising-conv'),
  },
  {
    name: 'encoding',
    about: 'the encoder of `stacked`, 784-512-256-128-11: bytes in, codes out, by `model.encode`',
    work: 'encoding',
    batches: [10_000],
    aims: { pytorch: 1.5, jax: 1, floor: 0.7 },
    ...recipe('stacked'),
  },
  {
    name: 'decoding',
    about: 'the decoder of `stacked`, 11-128-256-512-784: codes in, images out, by `model.decode`',
    work: 'decoding',
    batches: [10_000],
    aims: {},
    ...recipe('stacked'),
  },
  {
    name: 'scoring',
    about:
      'anomaly scores by `stacked`: bytes in; reconstructions, |x − x̂| and mean (x − x̂)² out, by `anomaly`',
    work: 'scoring',
    batches: [10_000],
    aims: {},
    ...recipe('stacked'),
  },
];

/** The convolutional network for images of other sizes: how a step scales with them. */
export const SIZED: readonly Network[] = [16, 28, 56].map((side) => ({
  ...NETWORKS.find(({ name }) => name === 'convolutional')!,
  name: `convolutional-${side}`,
  side,
}));

export function networkNamed(name: string): Network {
  const found = [...NETWORKS, ...SIZED].find((network) => network.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `no network '${name}'; there are ${NETWORKS.map((network) => network.name).join(', ')}`,
  );
}

export const sideOf = ({ side = SIDE }: Network): number => side;

export function definitionOf(network: Network): Definition {
  const config: AutoencoderConfig = autoencoderSchema().parse({ family: 'autoencoder', ...network.model });
  return defineAutoencoder(config, { height: sideOf(network), width: sideOf(network), channels: 1 });
}

export const objectiveConfig = ({ objective }: Network): ObjectiveConfig =>
  objectiveSchema().parse(objective);
