/** What is measured: training steps of several networks, the use of a model, and what is aimed at. */
import { PAGE_NETWORKS } from './browser/networks.ts';
import type { Network } from './network.ts';
import { recipe } from './recipe.ts';

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
  const found = [...NETWORKS, ...SIZED, ...PAGE_NETWORKS].find((network) => network.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `no network '${name}'; there are ${NETWORKS.map((network) => network.name).join(', ')}`,
  );
}
