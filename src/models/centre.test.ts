import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { imageSpec, meanSample, memorySource } from '../samples/index.ts';
import { createTrainer } from '../training/trainer.ts';
import { defineAutoencoder } from './autoencoder.ts';
import { autoencoderSchema } from './definition.ts';
import { shippedModels } from './graphs.ts';
import { objectiveSchema } from './objective.ts';

const SHAPE = { height: 4, width: 6, channels: 3 };
const PIXELS = 72;
const COUNT = 10;

const images = (() => {
  const draw = random(3);
  const values = Uint8Array.from({ length: COUNT * PIXELS }, () => 120 + 120 * draw());
  return memorySource(imageSpec(SHAPE), values);
})();
const mean = await meanSample(images);

const modelOf = (model: object) =>
  autoencoderSchema().parse({
    family: 'autoencoder',
    encoder: [],
    decoder: [],
    code: { units: 3 },
    ...model,
  });

const CONV = {
  encoder: [{ type: 'conv', channels: 2, kernel: 3, activation: 'tanh' }],
  code: { type: 'maps' },
  output: { type: 'conv' },
};

/** The trainer of a model, and its encoder and autoencoder as they are shipped. */
async function begun(model: object, objective: object = {}) {
  const definition = defineAutoencoder(modelOf(model), SHAPE);
  const trainer = await createTrainer(nodeEngine, {
    definition,
    objective: objectiveSchema().parse({ loss: { type: 'mse' }, ...objective }),
    settings: {
      epochs: 1,
      batchSize: 16,
      optimiser: {
        type: 'sgd',
        learningRate: 0.1,
        momentum: 0,
        nesterov: false,
        weightDecay: 0,
        decayBiases: false,
      },
      schedule: { type: 'constant', warmup: 0 },
      clipNorm: null,
      keep: 'last',
      earlyStopping: null,
    },
    seed: 1,
    threads: 1,
    mean,
  });
  const weights = new Map([...trainer.weights()].map(([name, { values }]) => [name, values.slice()]));
  await trainer.dispose();
  const run = async (part: 'encoder' | 'autoencoder', output: string, data: Float32Array) => {
    const session = await nodeEngine.open(shippedModels(definition, SHAPE, weights, {})[part], {
      threads: 1,
    });
    const shape = [data.length / PIXELS, SHAPE.channels, SHAPE.height, SHAPE.width];
    const result = await session.run({ image: { data, shape } });
    await session.dispose();
    return result[output]!.data;
  };
  return { weights, run };
}

const floats = Float32Array.from(images.values, (byte) => byte / 255);

describe('a centred model', () => {
  test('of rows: its shipped encoder subtracts each pixel’s mean', async () => {
    const centred = await begun({ centre: true });
    const plain = await begun({});
    const less = floats.map((value, i) => value - mean[i % PIXELS]!);
    const expected = await plain.run('encoder', 'code', less);
    const code = await centred.run('encoder', 'code', floats);
    for (const [i, value] of code.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  test('of maps: each channel’s', async () => {
    const { weights } = await begun({ ...CONV, centre: true });
    const size = SHAPE.height * SHAPE.width;
    const subtracted = weights.get('encoder.centre.mean')!;
    const green = mean.subarray(size, 2 * size).reduce((a, b) => a + b) / size;
    for (let i = 0; i < size; i++) expect(subtracted[size + i]).toBeCloseTo(green, 5);
    expect(weights.get('decoder.output.bias')![1]).toBeCloseTo(Math.log(green / (1 - green)), 4);
  });

  test.each(['sigmoid', 'tanh', 'softplus', 'identity', 'relu'])(
    'of a %s output begins at the mean',
    async (activation) => {
      const { run } = await begun({ centre: true, output: { activation } });
      // The mean image has the code of zeros, and so the output's own bias.
      const [image] = [await run('autoencoder', 'reconstruction', mean)];
      for (const [i, value] of image!.entries()) expect(value).toBeCloseTo(mean[i]!, 3);
    },
  );

  test('where the mean is 0 or 1, within the reach of a sigmoid', async () => {
    const { weights } = await begun({ centre: true });
    for (const bias of weights.get('decoder.output.bias')!) expect(Math.abs(bias)).toBeLessThan(4);
  });

  test('without the mean it cannot be trained', async () => {
    const definition = defineAutoencoder(modelOf({ centre: true }), SHAPE);
    const objective = objectiveSchema().parse({ loss: { type: 'mse' } });
    const settings = { batchSize: 4 } as never;
    await expect(
      createTrainer(nodeEngine, { definition, objective, settings, seed: 1, threads: 1 }),
    ).rejects.toThrow();
  });
});
