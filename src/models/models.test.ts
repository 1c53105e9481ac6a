import { describe, expect, test } from 'vitest';
import type { FloatArray } from '../engine/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { decodeModel } from '../onnx/index.ts';
import {
  BUSY_MODEL,
  lowRankImages,
  modelOf,
  objectiveOf,
  settingsOf,
  trainerOf,
} from '../training/testing.ts';
import {
  defineAutoencoder,
  objectiveGraph,
  type ShippedName,
  shippedModels,
  trainingGraph,
} from './index.ts';

const LOSS = objectiveOf('mse');
const SHAPE = { height: 2, width: 3, channels: 1 };
const PIXELS = 6;
const IMAGE = { height: 2, width: 3, channels: 1 };

describe('the names and shapes of a model’s tensors', () => {
  const graph = trainingGraph(defineAutoencoder(BUSY_MODEL, IMAGE), LOSS);

  test('parameters', () => {
    const found = [...graph.net.parameters.values()].map(
      ({ name, shape, role }) => `${name} [${shape}] ${role}`,
    );
    expect(found).toEqual([
      'encoder.dense1.weight [6,6] weight',
      'encoder.dense1.bias [6] bias',
      'encoder.batchNorm1.scale [6] bias',
      'encoder.batchNorm1.shift [6] bias',
      'encoder.code.weight [6,3] weight',
      'encoder.code.bias [3] bias',
      'decoder.dense1.weight [3,6] weight',
      'decoder.dense1.bias [6] bias',
      'decoder.output.weight [6,6] weight',
      'decoder.output.bias [6] bias',
    ]);
  });

  test('each has a gradient of its shape', () => {
    expect(graph.gradients.map(({ parameter }) => parameter)).toEqual([...graph.net.parameters.values()]);
    for (const { parameter, gradient } of graph.gradients) expect(gradient.shape).toEqual(parameter.shape);
  });

  test('states and noise, which inference has none of', () => {
    expect([...graph.net.states.keys()]).toEqual(['encoder.batchNorm1.mean', 'encoder.batchNorm1.variance']);
    expect([...graph.net.randomness.keys()]).toEqual(['encoder.dropout1.mask', 'encoder.code.mask']);
    const { net } = objectiveGraph(defineAutoencoder(BUSY_MODEL, IMAGE), LOSS, 'infer');
    expect(net.randomness.size).toBe(0);
    expect([...net.parameters.keys()]).toEqual([...graph.net.parameters.keys()]);
    expect([...net.states.values()].map(({ next }) => next)).toEqual([null, null]);
  });

  test('layers are counted by type, biases can be left out', () => {
    const model = modelOf({
      encoder: [
        { type: 'dense', units: 4, bias: false },
        { type: 'activation', activation: 'relu' },
        { type: 'dense', units: 5 },
      ],
      code: { units: 2, bias: false },
      output: { bias: false },
    });
    const { net } = objectiveGraph(defineAutoencoder(model, IMAGE), LOSS, 'train');
    expect([...net.parameters.keys()]).toEqual([
      'encoder.dense1.weight',
      'encoder.dense2.weight',
      'encoder.dense2.bias',
      'encoder.code.weight',
      'decoder.output.weight',
    ]);
  });
});

describe('the shipped models', () => {
  const definition = defineAutoencoder(BUSY_MODEL, IMAGE);
  const images = lowRankImages(40, PIXELS, 2, 1);

  async function trained() {
    const trainer = await trainerOf(BUSY_MODEL, PIXELS, settingsOf({}));
    const order = Uint32Array.from({ length: 20 }, (_, i) => 2 * i);
    for (let step = 0; step < 10; step++)
      await trainer.step(images, order, { step, epochs: 0, learningRate: 0.01 });
    const { loss } = await trainer.evaluate(images);
    const weights = new Map([...trainer.weights()].map(([name, { values }]) => [name, values.slice()]));
    await trainer.dispose();
    return { loss: loss!, files: shippedModels(definition, SHAPE, weights, { recipe: 'test' }) };
  }

  async function run(file: Uint8Array, feeds: Record<string, FloatArray>) {
    const session = await nodeEngine.open(file, { threads: 1 });
    const results = await session.run(feeds);
    await session.dispose();
    return results;
  }

  const floats = Float32Array.from(images.values, (byte) => byte / 255);
  const image = { data: floats, shape: [images.count, 1, 2, 3] };

  test('reconstruct as the training’s own evaluation did: no dropout, running statistics', async () => {
    const { loss, files } = await trained();
    const { reconstruction } = await run(files.autoencoder, { image });
    const error = floats.reduce((sum, x, i) => sum + (x - reconstruction!.data[i]!) ** 2, 0) / floats.length;
    expect(Math.abs(error / loss - 1)).toBeLessThan(1e-5);
  });

  test('encoder, then decoder, is the autoencoder', async () => {
    const { files } = await trained();
    const whole = await run(files.autoencoder, { image });
    const { code } = await run(files.encoder, { image });
    expect(code!.shape).toEqual([images.count, 3]);
    expect(whole.code!.data).toEqual(code!.data);
    const { reconstruction } = await run(files.decoder, { code: code! });
    expect(reconstruction!.shape).toEqual([images.count, 1, 2, 3]);
    for (const [i, value] of reconstruction!.data.entries()) {
      expect(Math.abs(value - whole.reconstruction!.data[i]!)).toBeLessThan(1e-6);
    }
  });

  test('take any number of rows, and say what they are', async () => {
    const { files } = await trained();
    const one = { data: floats.slice(0, PIXELS), shape: [1, 1, 2, 3] };
    expect((await run(files.encoder, { image: one })).code!.shape).toEqual([1, 3]);
    for (const [name, bytes] of Object.entries(files) as [ShippedName, Uint8Array][]) {
      expect(decodeModel(bytes, name).metadata).toEqual({ recipe: 'test', part: name });
    }
  });

  test('need every weight', () => {
    expect(() => shippedModels(definition, SHAPE, new Map(), {})).toThrow(
      "no weights for 'encoder.dense1.weight'",
    );
  });
});
