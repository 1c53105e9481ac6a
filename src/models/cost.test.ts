import { expect, test } from 'vitest';
import { defineAutoencoder } from './autoencoder.ts';
import { costOf } from './cost.ts';
import { autoencoderSchema } from './definition.ts';

const cost = (config: object, side: number) =>
  costOf(
    defineAutoencoder(autoencoderSchema().parse({ family: 'autoencoder', ...config }), {
      height: side,
      width: side,
      channels: 1,
    }),
  );

test('a dense layer multiplies by each weight once', () => {
  const config = { encoder: [], code: { units: 32 }, decoder: [] };
  expect(cost(config, 28)).toEqual({ multiplications: 2 * 784 * 32, parameters: 2 * 784 * 32 + 32 + 784 });
});

test('a convolution multiplies by each weight at each position', () => {
  const config = {
    encoder: [
      { type: 'conv', channels: 5, kernel: 3 },
      { type: 'maxPool', size: 2 },
    ],
    code: { type: 'maps' },
    decoder: [{ type: 'convTranspose', channels: 7, kernel: 3, stride: 2 }],
    output: { type: 'conv', kernel: 3 },
  };
  const weights = [9 * 5, 9 * 5 * 7, 9 * 7];
  const { multiplications, parameters } = cost(config, 8);
  expect(multiplications).toBe(64 * weights[0]! + 16 * weights[1]! + 64 * weights[2]!);
  expect(parameters).toBe(weights[0]! + 5 + weights[1]! + 7 + weights[2]! + 1);
  expect(cost(config, 16)).toEqual({ multiplications: 4 * multiplications, parameters });
});
