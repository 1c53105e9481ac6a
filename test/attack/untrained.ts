/** A model of large images that was never trained: a folder that can be served, with all that every verb needs. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { encodeSealed } from '../../src/codecs/sealed.ts';
import { WEIGHTS_FILE } from '../../src/model/content.ts';
import { shipModel } from '../../src/model/ship.ts';
import { STATISTICS_FILE } from '../../src/model/statistics.ts';
import { defineAutoencoder } from '../../src/models/index.ts';
import { loadRecipe } from '../../src/node/recipes.ts';
import { sizeOf } from '../../src/size.ts';
import { writeWhole } from '../../src/store/index.ts';
import { weightShapes } from '../../src/training/index.ts';
import { random } from '../reference/random.ts';

const UNITS = 8;
/** Each of three convolutions divides a side by four. */
const DIVISOR = 64;

const recipeOf = (side: number) => {
  const maps = [8, side / DIVISOR, side / DIVISOR];
  const conv = (type: string, channels: number) => ({
    type,
    channels,
    kernel: 5,
    stride: 4,
    activation: 'relu',
  });
  return loadRecipe({
    name: 'untrained',
    why: 'large images, a small code, and few weights',
    model: {
      family: 'autoencoder',
      encoder: [conv('conv', 4), conv('conv', 8), conv('conv', 8), { type: 'flatten' }],
      code: { type: 'gaussian', units: UNITS },
      decoder: [
        { type: 'dense', units: sizeOf(maps) },
        { type: 'reshape', shape: maps },
        conv('convTranspose', 8),
        conv('convTranspose', 8),
        conv('convTranspose', 4),
      ],
      output: { type: 'conv', kernel: 3 },
    },
    loss: { type: 'mse' },
    training: { epochs: 1, batchSize: 1, optimiser: { type: 'adam', learningRate: 0.001 } },
  } as Parameters<typeof loadRecipe>[0]);
};

/** What scores and codes might look like: that of a normal distribution's size, and no more. */
function statistics(): object {
  const distribution = {
    definition: 'made up',
    mean: 0.05,
    std: 0.01,
    quantiles: Array.from({ length: 1001 }, (_, i) => i / 10_000),
  };
  const each = (value: number) => Array(UNITS).fill(value);
  return {
    format: 'hourglass-statistics',
    version: 1,
    recipe: 'untrained',
    dataset: 'none',
    codeUnits: UNITS,
    scores: {
      ...distribution,
      split: 'validation',
      note: 'made up',
      images: 1000,
      others: { max: distribution, 'top1%': distribution, 'smoothed-max': distribution },
    },
    codes: {
      split: 'train',
      images: 1000,
      mean: each(0),
      std: each(1),
      min: each(-3),
      max: each(3),
      covariance: Array.from({ length: UNITS }, (_, i) => [...Array(i).fill(0), 1]),
    },
  };
}

/**
 * @param side pixels, a multiple of 64.
 * @returns `folder`, where the model's files are.
 */
export async function untrainedModel(folder: string, side: number, channels: 1 | 3 = 3): Promise<string> {
  const recipe = recipeOf(side);
  const image = { channels, height: side, width: side };
  const definition = defineAutoencoder(recipe.model, image);
  const draw = random(1);
  const weights = new Map(
    [...weightShapes(definition, recipe)].map(([name, shape]) => [
      name,
      { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => 0.2 * draw() - 0.1) },
    ]),
  );
  const metadata = {
    family: recipe.model.family,
    recipe: recipe.name,
    configuration: JSON.stringify(recipe),
    dataset: 'none',
    image: JSON.stringify(image),
    scaling: 'bytes / 255',
    epoch: '0',
  };
  for (const [part, bytes] of Object.entries(shipModel(definition, image, weights, metadata))) {
    await writeWhole(join(folder, `${part}.onnx`), bytes as Uint8Array);
  }
  await writeWhole(
    join(folder, WEIGHTS_FILE),
    encodeSealed(weights, metadata, () => createHash('sha256')),
  );
  await writeWhole(join(folder, STATISTICS_FILE), JSON.stringify(statistics()));
  return folder;
}
