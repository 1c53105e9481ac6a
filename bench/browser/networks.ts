/** What is trained in a page, and how many times as long as on Node a step may take there. */
import type { Network } from '../network.ts';
import { recipe } from '../recipe.ts';

export interface PageNetwork extends Network {
  /** By batch: the page's time divided by Node's, one thread each. */
  atMost: Readonly<Record<number, number>>;
}

export const PAGE_NETWORKS: readonly PageNetwork[] = [
  {
    name: 'page-dense',
    about: '`stacked-best`: 784-512-256-128-11-128-256-512-784, ELU, mean absolute error, Adam',
    work: 'training',
    batches: [32, 128],
    aims: { tfjs: 10, 'jax-js': 2 },
    atMost: { 32: 3, 128: 4 },
    ...recipe('stacked-best'),
  },
  {
    name: 'page-variational',
    about: '`vae`: 784-512-512-2 and back, ELU and tanh, binary cross-entropy and KL divergence, Adam',
    work: 'training',
    batches: [32, 128],
    aims: {},
    atMost: { 32: 3, 128: 4 },
    ...recipe('vae'),
  },
  {
    name: 'page-convolutional',
    about:
      '`conv`: two 3×3 convolutions of 32 maps with pooling, two transposed ones back, ReLU, binary cross-entropy, Adam',
    work: 'training',
    batches: [128],
    aims: {},
    atMost: { 128: 3 },
    ...recipe('conv'),
  },
];
