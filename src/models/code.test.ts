import { describe, expect, test } from 'vitest';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import type { FloatArray } from '../engine/index.ts';
import { type Mode, Network } from '../nn/index.ts';
import { feedsOf } from '../nn/testing.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { decodeModel } from '../onnx/index.ts';
import { modelOf, NOISY_MODEL, objectiveOf } from '../training/testing.ts';
import { defineAutoencoder, objectiveGraph, shippedModels } from './index.ts';

const SHAPE = { height: 2, width: 3, channels: 1 };
const PIXELS = 6;
const ROWS = 4;

describe('a Gaussian code', () => {
  const definition = defineAutoencoder(NOISY_MODEL, SHAPE);

  test('has as many units as means, from two heads of one encoder', () => {
    expect(definition).toMatchObject({ codeUnits: 3, codeShape: [3] });
    const { net } = objectiveGraph(definition, objectiveOf('mse'), 'train');
    const heads = [...net.parameters.values()].filter(({ name }) => name.startsWith('encoder.code'));
    expect(heads.map(({ name, shape }) => `${name} [${shape}]`)).toEqual([
      'encoder.code.mean.weight [6,3]',
      'encoder.code.mean.bias [3]',
      'encoder.code.logVariance.weight [6,3]',
      'encoder.code.logVariance.bias [3]',
    ]);
  });

  test('is a sample in training and validation, its mean where it is shipped', () => {
    const value = (mode: Mode) => {
      const net = new Network(mode);
      const { image } = objectiveGraph(definition, objectiveOf('mse'), mode);
      const { value, posterior } = definition.encode(net, image);
      return { isMean: value === posterior!.mean, noise: [...net.randomness.keys()] };
    };
    expect(value('train')).toEqual({
      isMean: false,
      noise: ['encoder.dropout1.mask', 'encoder.code.epsilon'],
    });
    expect(value('validate')).toEqual({ isMean: false, noise: ['encoder.code.epsilon'] });
    expect(value('infer')).toEqual({ isMean: true, noise: [] });
  });

  test('is shipped as its mean, with the logarithm of its variance next to it', async () => {
    const net = new Network('infer');
    const { image } = objectiveGraph(definition, objectiveOf('mse'), 'infer');
    const { posterior, value } = definition.encode(net, image);
    const { image: decoded } = definition.decode(net, value);
    const draw = random(3);
    const pixels = Array.from({ length: ROWS * PIXELS }, () => Math.fround(draw()));
    const feeds = feedsOf(net, ROWS, draw).set(image, ndArray([ROWS, PIXELS], pixels));
    const tensors = [...net.parameters.values(), ...net.states.values()].map(
      ({ name, symbol }) => [name, Float32Array.from(feeds.get(symbol)!.data)] as const,
    );
    const expected = evaluate([posterior!.mean, posterior!.logVariance, decoded], feeds);

    const files = shippedModels(definition, SHAPE, new Map(tensors), {});
    expect(decodeModel(files.encoder, 'encoder.onnx').outputs).toEqual([
      { name: 'code', shape: ['N', 3], dtype: 'float32' },
      { name: 'logVariance', shape: ['N', 3], dtype: 'float32' },
    ]);
    const run = async (file: Uint8Array, inputs: Record<string, FloatArray>) => {
      const session = await nodeEngine.open(file, { threads: 1 });
      const results = await session.run(inputs);
      await session.dispose();
      return results;
    };
    const input = { data: Float32Array.from(pixels), shape: [ROWS, 1, 2, 3] };
    const { code, logVariance } = await run(files.encoder, { image: input });
    const whole = await run(files.autoencoder, { image: input });
    const alone = await run(files.decoder, { code: code! });
    expect(Object.keys(whole).sort()).toEqual(['code', 'reconstruction']);
    for (const [found, wanted] of [
      [code, expected[0]],
      [logVariance, expected[1]],
      [whole.code, expected[0]],
      [whole.reconstruction, expected[2]],
      [alone.reconstruction, expected[2]],
    ] as const) {
      expect(found!.data.length).toBe(wanted!.data.length);
      for (const [i, number] of found!.data.entries()) {
        expect(Math.abs(number - wanted!.data[i]!)).toBeLessThan(1e-5);
      }
    }
  });

  test('follows maps, too, once they are flat', () => {
    const conv = { type: 'conv', channels: 2, kernel: 3, activation: 'relu' };
    const model = modelOf({ encoder: [conv, { type: 'flatten' }], code: { type: 'gaussian', units: 2 } });
    expect(defineAutoencoder(model, SHAPE).codeShape).toEqual([2]);
  });
});
