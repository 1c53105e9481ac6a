import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import type { FloatArray } from '../engine/index.ts';
import type { Sym } from '../graph/index.ts';
import { feedsOf } from '../nn/testing.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { decodeModel } from '../onnx/index.ts';
import { modelOf, objectiveOf } from '../training/testing.ts';
import { defineAutoencoder, shippedModels, trainingGraph } from './index.ts';

const SHAPE = { height: 2, width: 3, channels: 1 };
const PIXELS = 6;
const ROWS = 3;
const dense = (units: number, more: object = {}) => ({ type: 'dense', units, activation: 'tanh', ...more });

/** Two layers and a code, mirrored; what lies between the dense layers need not be. */
const DEEP = modelOf({
  encoder: [dense(5), dense(4)],
  code: { units: 2, activation: 'sigmoid' },
  decoder: [dense(4), { type: 'dropout', rate: 0.1 }, dense(5, { activation: 'elu', bias: false })],
  tied: true,
});
const PLAIN = modelOf({ code: { units: 2, activation: 'sigmoid' }, tied: true });

function build(model: typeof DEEP, more: object = {}) {
  const graph = trainingGraph(defineAutoencoder(model, SHAPE), objectiveOf('mse', more));
  const draw = random(9);
  const feeds = feedsOf(graph.net, ROWS, draw);
  feeds.set(
    graph.image,
    ndArray(
      [ROWS, PIXELS],
      Array.from({ length: ROWS * PIXELS }, () => draw()),
    ),
  );
  return { ...graph, feeds };
}

describe('tied weights', () => {
  test('are there once, in the encoder’s shapes; biases are each layer’s own', () => {
    const named = [...build(DEEP).net.parameters.values()].map(({ name, shape }) => `${name} [${shape}]`);
    expect(named).toEqual([
      'encoder.dense1.weight [6,5]',
      'encoder.dense1.bias [5]',
      'encoder.dense2.weight [5,4]',
      'encoder.dense2.bias [4]',
      'encoder.code.weight [4,2]',
      'encoder.code.bias [2]',
      'decoder.dense1.bias [4]',
      'decoder.output.bias [6]',
    ]);
  });

  test('begin as the encoder’s do', () => {
    const model = modelOf({ code: { units: 2 }, tied: true, initialiser: 'heNormal' });
    const { initialiser } = build(model).net.parameters.get('encoder.code.weight')!;
    expect(initialiser).toEqual({ type: 'normal', mean: 0, std: Math.sqrt(2 / PIXELS) });
  });

  test('x̂ = σ(W h + c) with h = σ(Wᵀ x + b), by hand', () => {
    const { net, image, objective, feeds } = build(PLAIN);
    const data = (symbol: Sym) => feeds.get(symbol)!.data;
    const [w, b, c] = ['encoder.code.weight', 'encoder.code.bias', 'decoder.output.bias'].map((name) =>
      data(net.parameters.get(name)!.symbol),
    ) as [Float64Array, Float64Array, Float64Array];
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
    const found = evaluate([objective.reconstruction], feeds)[0]!.data;
    for (let n = 0; n < ROWS; n++) {
      const x = data(image).subarray(n * PIXELS, (n + 1) * PIXELS);
      const h = [0, 1].map((k) => sigmoid(x.reduce((sum, xi, i) => sum + xi * w[2 * i + k]!, b[k]!)));
      for (let i = 0; i < PIXELS; i++) {
        const z = h.reduce((sum, hk, k) => sum + hk * w[2 * i + k]!, c[i]!);
        expect(found[n * PIXELS + i]).toBeCloseTo(sigmoid(z), 12);
      }
    }
  });

  test.each([
    ['one layer', PLAIN, {}],
    ['three layers', DEEP, {}],
    ['one layer, with contraction', PLAIN, { penalties: { contraction: { weight: 0.5 } } }],
    [
      'three layers, with contraction and L2',
      DEEP,
      { penalties: { contraction: { weight: 0.5 }, l2: { weight: 0.1 } } },
    ],
  ])('have a gradient through both uses: %s', (_, model, more) => {
    const { objective, gradients, feeds } = build(model, more);
    const found = evaluate(
      gradients.map(({ gradient }) => gradient),
      feeds,
    );
    for (const [i, { parameter }] of gradients.entries()) {
      const error = relativeError(found[i]!, differences(objective.loss, parameter.symbol, feeds));
      expect(error, parameter.name).toBeLessThan(1e-8);
    }
  });
});

test('the shipped decoder alone has the encoder’s weights, and no others', async () => {
  const definition = defineAutoencoder(DEEP, SHAPE);
  const { net } = build(DEEP);
  const draw = random(1);
  const weights = new Map(
    [...net.parameters.values()].map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length: size }, () => 2 * draw() - 1)];
    }),
  );
  const files = shippedModels(definition, SHAPE, weights, {});
  const decoder = decodeModel(files.decoder, 'decoder.onnx');
  const sizes = [...decoder.weights.values()].map(({ values }) => values.length);
  const tied = ['encoder.code.weight', 'encoder.dense2.weight', 'encoder.dense1.weight'];
  for (const name of tied) {
    const values = [...weights.get(name)!];
    expect([...decoder.weights.values()].some((weight) => weight.values.join() === values.join())).toBe(true);
  }
  // 2·4 + 4·5 + 5·6 weights and 4 + 6 biases, and nothing of the encoder's biases.
  expect(sizes.filter((size) => size > 1).reduce((a, b) => a + b, 0)).toBe(8 + 20 + 30 + 4 + 6);

  const run = async (file: Uint8Array, feeds: Record<string, FloatArray>) => {
    const session = await nodeEngine.open(file, { threads: 1 });
    const results = await session.run(feeds);
    await session.dispose();
    return results;
  };
  const image = { data: Float32Array.from({ length: ROWS * PIXELS }, () => draw()), shape: [ROWS, 1, 2, 3] };
  const whole = await run(files.autoencoder, { image });
  const { code } = await run(files.encoder, { image });
  const { reconstruction } = await run(files.decoder, { code: code! });
  for (const [i, value] of reconstruction!.data.entries()) {
    expect(Math.abs(value - whole.reconstruction!.data[i]!)).toBeLessThan(1e-6);
  }
});

describe('are refused', () => {
  const conv = { type: 'conv', channels: 2, kernel: 3 };
  test.each<[string, object, string]>([
    [
      'with a convolution',
      { encoder: [conv, { type: 'flatten' }], code: { units: 2 } },
      'is for dense layers, code and output alone, got conv; set model.tied=false',
    ],
    [
      'with maps in the decoder',
      {
        encoder: [dense(6)],
        decoder: [dense(6), { type: 'reshape', shape: [1, 2, 3] }, conv],
        output: { type: 'conv' },
      },
      'is for dense layers, code and output alone, got conv; set model.tied=false',
    ],
    [
      'with an output of maps',
      {
        encoder: [dense(6)],
        decoder: [dense(6), { type: 'reshape', shape: [1, 2, 3] }],
        output: { type: 'conv' },
      },
      'is for dense layers, code and output alone, got an output of type conv; set model.tied=false',
    ],
    [
      'with a Gaussian code',
      { code: { type: 'gaussian', units: 2 } },
      'is for dense layers, code and output alone, got a code of type gaussian; set model.tied=false',
    ],
    [
      'with other widths in the decoder',
      { encoder: [dense(5), dense(4)], decoder: [dense(4), dense(3)] },
      "needs a decoder that mirrors the encoder: dense layers of 4, 5, got 4, 3; change model.decoder's units, or set model.tied=false",
    ],
    [
      'with the encoder’s order in the decoder',
      { encoder: [dense(5), dense(4)], decoder: [dense(5), dense(4)] },
      'needs a decoder that mirrors the encoder: dense layers of 4, 5, got 5, 4;',
    ],
    [
      'with layers in the decoder alone',
      { decoder: [dense(4)] },
      'needs a decoder that mirrors the encoder: dense layers of none, got 4;',
    ],
    [
      'with layers in the encoder alone',
      { encoder: [dense(4)] },
      'needs a decoder that mirrors the encoder: dense layers of 4, got none;',
    ],
  ])('%s', (_, model, words) => {
    const define = () => defineAutoencoder(modelOf({ ...model, tied: true }), SHAPE);
    expect(define).toThrow(expect.objectContaining({ name: 'HourglassError', kind: 'usage' }));
    expect(define).toThrow(`model.tied: ${words}`);
  });
});
