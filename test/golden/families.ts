/** A small recipe of each family, for 6 × 6 images: what the runs in `runs/` were trained as, by 0.1.0. */
const dense = (units: number, activation = 'relu') => ({ type: 'dense', units, activation });
const bce = { type: 'bce' };
const training = { epochs: 3, batchSize: 8, optimiser: { type: 'adam', learningRate: 0.01 } };
const recipe = (name: string, rest: object) =>
  [name, { name, why: `${name}, as a fixture`, training, ...rest }] as const;

export const FAMILIES: ReadonlyMap<string, object> = new Map([
  recipe('dense', {
    model: {
      family: 'autoencoder',
      encoder: [dense(12), { type: 'batchNorm' }, { type: 'dropout', rate: 0.1 }],
      code: { units: 4 },
      decoder: [dense(12)],
    },
    loss: { type: 'mse' },
  }),
  recipe('tied', {
    model: {
      family: 'autoencoder',
      encoder: [dense(12)],
      code: { units: 3 },
      decoder: [dense(12)],
      tied: true,
    },
    loss: bce,
    training: { ...training, optimiser: { type: 'sgd', learningRate: 0.1, momentum: 0.9 }, clipNorm: 1 },
  }),
  recipe('variational', {
    model: {
      family: 'autoencoder',
      encoder: [dense(12)],
      code: { type: 'gaussian', units: 2, kl: { warmup: 1 } },
      decoder: [dense(12)],
    },
    loss: { type: 'bce', reduction: 'sum' },
  }),
  recipe('convolutional', {
    model: {
      family: 'autoencoder',
      encoder: [{ type: 'conv', channels: 3, kernel: 3, activation: 'relu' }, { type: 'maxPool' }],
      code: { type: 'maps' },
      decoder: [{ type: 'upsample' }, { type: 'conv', channels: 3, kernel: 3, activation: 'relu' }],
      output: { type: 'conv' },
    },
    loss: bce,
  }),
  recipe('denoising', {
    model: { family: 'autoencoder', encoder: [dense(12)], code: { units: 6 }, decoder: [dense(12)] },
    corruption: { type: 'gaussian', sigma: 0.3 },
    loss: bce,
  }),
  recipe('sparse', {
    model: { family: 'autoencoder', encoder: [], code: { units: 10, activation: 'sigmoid' }, decoder: [] },
    loss: bce,
    penalties: { sparsity: { weight: 0.1, target: 0.1 } },
  }),
  recipe('quantised', {
    model: {
      family: 'autoencoder',
      encoder: [dense(12)],
      code: { type: 'vq', units: 4, width: 2, entries: 8, stages: 2 },
      decoder: [dense(12)],
    },
    loss: { type: 'mse', reduction: 'sum' },
  }),
  recipe('contractive', {
    model: {
      family: 'autoencoder',
      encoder: [dense(12, 'sigmoid')],
      code: { units: 5, activation: 'sigmoid' },
      decoder: [],
    },
    loss: bce,
    penalties: { contraction: { weight: 0.01 } },
  }),
]);
