/** Models that were never trained but have all that trained ones have: their files, with weights drawn at random. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '../../src/model/ship.ts';
import { defineAutoencoder, type ImageShape } from '../../src/models/index.ts';
import { nodeEngine } from '../../src/node/engine/index.ts';
import { loadRecipe } from '../../src/node/recipes.ts';
import type { Manifest } from '../../src/record/index.ts';
import { initialWeights } from '../../src/training/index.ts';
import { random } from '../reference/random.ts';

/** Between them every layer and every kind of code; sizes that divide unevenly. */
export const MODELS = {
  dense: {
    encoder: [{ type: 'dense', units: 12, activation: 'gelu' }, { type: 'batchNorm' }],
    code: { units: 5, activation: 'tanh' },
    decoder: [{ type: 'dense', units: 12, activation: 'elu' }],
    tied: true,
  },
  conv: {
    encoder: [
      { type: 'conv', channels: 6, kernel: 4, stride: 2, activation: 'leakyRelu', slope: 0.3 },
      { type: 'batchNorm' },
      { type: 'conv', channels: 4, kernel: 3, padding: 1, activation: 'relu6' },
      { type: 'maxPool' },
    ],
    code: { type: 'maps' },
    decoder: [
      { type: 'convTranspose', channels: 5, kernel: 4, stride: 2, activation: 'softplus' },
      { type: 'upsample' },
      { type: 'conv', channels: 4, kernel: 2, activation: 'relu' },
      { type: 'batchNorm' },
    ],
    output: { type: 'conv' },
  },
  variational: {
    encoder: [
      { type: 'conv', channels: 3, kernel: 3, padding: 'valid' },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 10, activation: 'tanh' },
    ],
    code: { type: 'gaussian', units: 3 },
    decoder: [
      { type: 'dense', units: 16, activation: 'relu' },
      { type: 'reshape', shape: [4, 2, 2] },
      { type: 'convTranspose', channels: 3, kernel: 2, stride: 4, activation: 'relu' },
    ],
    output: { type: 'conv', kernel: 2 },
  },
} as const satisfies Record<string, object>;

export type ModelName = keyof typeof MODELS;

export const IMAGE: ImageShape = { channels: 3, height: 8, width: 8 };

/** Writes `model/`'s files into a folder; `settings` are of the recipe. */
export async function writeModelFolder(
  folder: string,
  name: ModelName,
  seed = 1,
  settings: object = {},
): Promise<string> {
  const recipe = loadRecipe({
    name,
    why: 'to be read by other programs in a test',
    model: { family: 'autoencoder', ...MODELS[name] },
    loss: { type: 'mse' },
    training: { epochs: 1 },
    ...settings,
  });
  const definition = defineAutoencoder(recipe.model, IMAGE);
  const draw = random(seed);
  const weights = new Map(
    [...initialWeights(nodeEngine, definition, recipe, seed)].map(([tensor, { shape, values }]) => {
      // Biases and running statistics too; a variance is positive.
      const moved = values.map((value) => value + 0.3 * draw());
      return [tensor, { shape, values: moved }] as const;
    }),
  );
  const manifest = {
    dataset: { name: 'colours', classes: ['red', 'green'], rows: null, ...IMAGE },
    losses: [{ name: 'reconstruction', definition: 'mean squared error', unit: '', weight: 1 }],
    versions: { hourglass: '0.0.0', node: '', onnxruntime: '' },
  } as unknown as Manifest;
  await mkdir(folder, { recursive: true });
  const { files } = modelFiles({ manifest, recipe, definition }, weights, 1, nodeEngine.sha256);
  for (const [file, bytes] of files) await writeFile(join(folder, file), bytes);
  return folder;
}
