/** The network that is measured, `stacked`, and its arithmetic. */
import { autoencoderSchema, type Definition, defineAutoencoder } from '../src/models/index.ts';

export const PIXELS = 784;
/** Units of each layer, the image first; ReLU after each, dropout after each but the last. */
export const UNITS = [784, 512, 256, 128, 11, 128, 256, 512, 784] as const;
export const DROPOUT = 0.2;
export const LEARNING_RATE = 0.001;

const hidden = (units: number) => [
  { type: 'dense', units, activation: 'relu' },
  { type: 'dropout', rate: DROPOUT },
];

export function stackedDefinition(): Definition {
  const config = autoencoderSchema.parse({
    family: 'autoencoder',
    encoder: [512, 256, 128].flatMap(hidden),
    code: { units: 11, activation: 'relu', dropout: DROPOUT },
    decoder: [128, 256, 512].flatMap(hidden),
    output: { activation: 'relu' },
  });
  return defineAutoencoder(config, { height: 28, width: 28, channels: 1 });
}

/** Input and output units of each dense layer. */
export const LAYERS = UNITS.slice(1).map((units, i) => ({ inputs: UNITS[i]!, units }));

export const PARAMETERS = LAYERS.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);

/** Floating-point operations of one image's products: forward, dW, and dX of all layers but the first. */
export const FLOPS_PER_IMAGE = LAYERS.reduce(
  (sum, { inputs, units }, i) => sum + 2 * inputs * units * (i === 0 ? 2 : 3),
  0,
);
