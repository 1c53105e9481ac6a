import { describe, expect, test } from 'vitest';
import { differences, relativeError, weightedSum } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { gradients } from '../autodiff/index.ts';
import { input, mul, reduceSum, type Sym, topologicalOrder } from '../graph/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { type ActivationName, activate } from './activations.ts';
import { jacobianNorm, jacobianNormEstimate, type Projection } from './contraction.ts';
import { conv, flatten, reshape } from './convolution.ts';
import { batchNorm, dense, dropout } from './layers.ts';
import { type Mode, Network } from './network.ts';
import { feedsOf } from './testing.ts';

const ROWS = 3;

type Encoder = (net: Network, x: Sym) => Sym;

/** Dense layers of these widths, each with its activation. */
function stack(...layers: (readonly [units: number, activation: ActivationName])[]): Encoder {
  return (net, x) =>
    layers.reduce(
      (h, [units, activation], i) =>
        net.within(`dense${i + 1}`, () =>
          activate(dense(net, h, { units, bias: true, initialiser: 'glorotUniform' }), activation),
        ),
      x,
    );
}

/** Two convolutions and a dense code, on images of 4 × 4. */
const convolutional: Encoder = (net, x) => {
  const maps = { channels: 2, kernel: 3, bias: true, initialiser: 'glorotUniform' } as const;
  const image = reshape(net, x, [1, 4, 4]);
  const h = net.within('conv1', () =>
    activate(conv(net, image, { ...maps, stride: 2, padding: 'same' }), 'tanh'),
  );
  const g = net.within('conv2', () =>
    activate(conv(net, h, { ...maps, stride: 1, padding: 'same' }), 'sigmoid'),
  );
  return stack([3, 'sigmoid'])(net, flatten(g));
};

/** From the image down to three units and up again by the same weight: it is in the Jacobian twice. */
const tied: Encoder = (net, x) => {
  const settings = { bias: true, initialiser: 'glorotUniform' } as const;
  const h = net.within('down', () => activate(dense(net, x, { units: 3, ...settings }), 'sigmoid'));
  return net.within('up', () => activate(dense(net, h, { units: 5, tiedTo: 'down', ...settings }), 'tanh'));
};

interface Case {
  name: string;
  pixels: number;
  encoder: Encoder;
  /** Whether the first product's Gram matrix stands in for the pass back to the image. */
  short: boolean;
  mode?: Mode;
}

const CASES: Case[] = [
  { name: 'linear, one layer', pixels: 5, encoder: stack([3, 'identity']), short: false },
  { name: 'sigmoid, one layer', pixels: 5, encoder: stack([3, 'sigmoid']), short: false },
  { name: 'tanh, one layer wider than the image', pixels: 4, encoder: stack([6, 'tanh']), short: false },
  { name: 'elu, one layer as wide as the image', pixels: 4, encoder: stack([4, 'elu']), short: false },
  { name: 'two layers', pixels: 6, encoder: stack([4, 'sigmoid'], [2, 'tanh']), short: true },
  {
    name: 'two layers, the first wide',
    pixels: 4,
    encoder: stack([6, 'gelu'], [2, 'sigmoid']),
    short: false,
  },
  { name: 'three layers', pixels: 6, encoder: stack([4, 'elu'], [3, 'tanh'], [2, 'sigmoid']), short: true },
  {
    name: 'three layers, the first wide',
    pixels: 4,
    encoder: stack([5, 'tanh'], [3, 'relu'], [2, 'identity']),
    short: false,
  },
  { name: 'convolutional', pixels: 16, encoder: convolutional, short: false },
  { name: 'tied', pixels: 5, encoder: tied, short: true },
  {
    name: 'dropout before the first product',
    pixels: 5,
    encoder: (net, x) => stack([3, 'tanh'])(net, dropout(net, x, 0.4)),
    short: false,
  },
  {
    name: 'batch normalisation where a model is shipped',
    pixels: 5,
    encoder: (net, x) =>
      activate(batchNorm(net, stack([3, 'tanh'])(net, x), { momentum: 0.9, epsilon: 0.01 }), 'tanh'),
    short: false,
    mode: 'infer',
  },
  {
    name: 'the image in two products',
    pixels: 4,
    encoder: (net, x) =>
      mul(
        net.within('a', () => stack([3, 'sigmoid'])(net, x)),
        stack([3, 'tanh'])(net, x),
      ),
    short: false,
  },
];

function build({ pixels, encoder, mode = 'train' }: Pick<Case, 'pixels' | 'encoder' | 'mode'>, rows = ROWS) {
  const net = new Network(mode);
  const x = input('x', ['N', pixels]);
  const code = net.within('encoder', () => encoder(net, x));
  const draw = random(17);
  const feeds = feedsOf(net, rows, draw);
  feeds.set(
    x,
    ndArray(
      [rows, pixels],
      Array.from({ length: rows * pixels }, () => draw()),
    ),
  );
  return { net, x, code, feeds, draw };
}

/** Σ over units and pixels of (∂h/∂x)² for each image, each element by differences of the code's values. */
function bruteForce(code: Sym, x: Sym, feeds: ReadonlyMap<Sym, NdArray>): number[] {
  const { shape, data } = feeds.get(x)!;
  const [rows, pixels] = shape as [number, number];
  const step = 1e-3;
  const norms = new Array<number>(rows).fill(0);
  for (let i = 0; i < pixels; i++) {
    // The pixel of all images at once: no image sees another.
    const codes = [-2, -1, 1, 2].map((times) => {
      const moved = data.map((value, n) => (n % pixels === i ? value + times * step : value));
      return evaluate([code], new Map([...feeds, [x, { shape, data: moved }]]))[0]!.data;
    });
    const units = codes[0]!.length / rows;
    for (let n = 0; n < rows * units; n++) {
      const [a, b, c, d] = codes.map((values) => values[n]!) as [number, number, number, number];
      norms[Math.floor(n / units)]! += ((8 * (c - b) - (d - a)) / (12 * step)) ** 2;
    }
  }
  return norms;
}

const valuesOf = (y: Sym, feeds: ReadonlyMap<Sym, NdArray>): number[] => [...evaluate([y], feeds)[0]!.data];

function expectClose(found: readonly number[], expected: readonly number[], relative: number): void {
  expect(found.length).toBe(expected.length);
  for (const [n, value] of expected.entries()) {
    expect(Math.abs(found[n]! / value - 1), `image ${n}: ${found[n]} for ${value}`).toBeLessThan(relative);
  }
}

describe.each(CASES)('the exact norm of an encoder: $name', (one) => {
  test('is that of its Jacobian, element by element', () => {
    const { net, x, code, feeds } = build(one);
    const norm = jacobianNorm(net, code, x);
    expect(norm.shape).toEqual(['N']);
    expectClose(valuesOf(norm, feeds), bruteForce(code, x, feeds), 1e-8);
    const hasGram = topologicalOrder([norm]).some(({ op, inputs: [a, b] }) => op === 'Gemm' && a === b);
    expect(hasGram).toBe(one.short);
  });

  test('differentiates with respect to the weights', () => {
    const { net, x, code, feeds, draw } = build(one);
    const norm = weightedSum([jacobianNorm(net, code, x)], feeds, ROWS, draw);
    const symbols = [...net.parameters.values()].map(({ symbol }) => symbol);
    const found = evaluate(gradients(norm, symbols), feeds);
    for (const [i, symbol] of symbols.entries()) {
      const error = relativeError(found[i]!, differences(norm, symbol, feeds));
      expect(error, symbol.scope).toBeLessThan(1e-8);
    }
  });
});

test('the norm of a linear encoder is that of its weights, for every image', () => {
  const { net, x, code, feeds } = build({ pixels: 5, encoder: stack([3, 'identity']) });
  const weight = feeds.get(net.parameters.get('encoder.dense1.weight')!.symbol)!.data;
  const squares = weight.reduce((sum, w) => sum + w ** 2, 0);
  expectClose(valuesOf(jacobianNorm(net, code, x), feeds), new Array(ROWS).fill(squares), 1e-12);
});

test.each(CASES.filter(({ name }) => /^(two layers|convolutional|linear)/.test(name)))(
  'ONNX Runtime has the same exact norm: $name',
  async (one) => {
    const { net, x, code, feeds } = build(one);
    const norm = jacobianNorm(net, code, x);
    const [gradient] = gradients(reduceSum(norm), [[...net.parameters.values()][0]!.symbol]);
    const inputs = Object.fromEntries([...feeds.keys()].map((symbol) => [symbol.scope, symbol]));
    const outputs = { norm, gradient: gradient! };
    const session = await nodeEngine.open(encodeModel({ name: 'norm', inputs, outputs }), { threads: 1 });
    const values = [...feeds].map(([{ scope }, { shape, data }]) => [
      scope,
      { shape, data: Float32Array.from(data) },
    ]);
    const found = await session.run(Object.fromEntries(values));
    await session.dispose();
    expectClose([...found.norm!.data], valuesOf(norm, feeds), 1e-5);
    const expected = valuesOf(gradient!, feeds);
    const scale = Math.max(...expected.map(Math.abs));
    for (const [n, value] of found.gradient!.data.entries()) {
      expect(Math.abs(value - expected[n]!)).toBeLessThan(1e-5 * scale);
    }
  },
);

test('a code of maps is refused', () => {
  const { net, x, code } = build({ pixels: 16, encoder: (n, z) => reshape(n, z, [1, 4, 4]) });
  expect(() => jacobianNorm(net, code, x)).toThrow('takes rows of features, [N, features], got [N, 1, 4, 4]');
});

describe('the estimate', () => {
  const UNITS = 4;
  const ENCODERS: [string, Encoder][] = [
    ['by the Gram matrix', stack([4, 'sigmoid'], [UNITS, 'tanh'])],
    ['by passes back to the image', stack([8, 'sigmoid'], [UNITS, 'tanh'])],
  ];

  /** One image in all rows, each row with random vectors of its own. */
  function repeated(encoder: Encoder, count: number, projection: Projection, rows: number) {
    const { net, x, code } = build({ pixels: 6, encoder });
    const exact = jacobianNorm(net, code, x);
    const estimate = jacobianNormEstimate(net, code, x, { count, projection });
    const draw = random(3);
    const image = Array.from({ length: 6 }, () => draw());
    const feeds = feedsOf(net, rows, draw);
    feeds.set(x, ndArray([rows, 6], Array.from({ length: rows }, () => image).flat()));
    return { net, feeds, estimate, exact: valuesOf(exact, feeds)[0]! };
  }

  test.each(ENCODERS)('%s: the mean over all 2ᴷ sign vectors is the exact norm', (_, encoder) => {
    const rows = 2 ** UNITS;
    const { net, feeds, estimate, exact } = repeated(encoder, 2, 'rademacher', rows);
    const sources = [...net.randomness.values()];
    expect(sources.map(({ name, size, distribution }) => ({ name, size, distribution }))).toEqual([
      { name: 'projection1', size: UNITS, distribution: { type: 'uniform' } },
      { name: 'projection2', size: UNITS, distribution: { type: 'uniform' } },
    ]);
    for (const [i, { symbol }] of sources.entries()) {
      // Bit k of the row's number is the sign of unit k; the second vector takes the rows in another order.
      const signs = Array.from({ length: rows * UNITS }, (_, n) => {
        const row = (Math.floor(n / UNITS) * (i === 0 ? 1 : 5)) % rows;
        return (row >> (n % UNITS)) & 1 ? 0.501 : 0.499;
      });
      feeds.set(symbol, ndArray([rows, UNITS], signs));
    }
    const mean = valuesOf(estimate, feeds).reduce((a, b) => a + b, 0) / rows;
    expect(Math.abs(mean / exact - 1)).toBeLessThan(1e-12);
  });

  const ROWS_DRAWN = 500;

  function statistics(count: number, projection: Projection, encoder = ENCODERS[0]![1]) {
    const { feeds, estimate, exact } = repeated(encoder, count, projection, ROWS_DRAWN);
    const values = valuesOf(estimate, feeds);
    const mean = values.reduce((a, b) => a + b, 0) / ROWS_DRAWN;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (ROWS_DRAWN - 1);
    return { exact, mean, variance, error: Math.sqrt(variance / ROWS_DRAWN) };
  }

  test.each<[Projection, string, Encoder]>([
    ['rademacher', ...ENCODERS[0]!] as [Projection, string, Encoder],
    ['normal', ...ENCODERS[0]!] as [Projection, string, Encoder],
    ['normal', ...ENCODERS[1]!] as [Projection, string, Encoder],
  ])('by vectors %s, %s: the mean is the exact norm within its standard error', (projection, _, encoder) => {
    const { exact, mean, error } = statistics(1, projection, encoder);
    expect(error).toBeLessThan(0.1 * exact);
    expect(Math.abs(mean - exact)).toBeLessThan(3 * error);
  });

  test('varies less by ±1 than by normal vectors, and less by four of them than by one', () => {
    const [sign, gauss] = [statistics(1, 'rademacher').variance, statistics(1, 'normal').variance];
    expect(sign).toBeLessThan(0.9 * gauss);
    const four = statistics(4, 'rademacher').variance;
    expect(four / sign).toBeGreaterThan(0.2);
    expect(four / sign).toBeLessThan(0.3);
  });

  test('differentiates with respect to the weights', () => {
    const { net, x, code } = build({ pixels: 6, encoder: ENCODERS[0]![1] });
    const estimate = jacobianNormEstimate(net, code, x, { count: 2, projection: 'normal' });
    const draw = random(8);
    const feeds = feedsOf(net, ROWS, draw);
    feeds.set(
      x,
      ndArray(
        [ROWS, 6],
        Array.from({ length: 6 * ROWS }, () => draw()),
      ),
    );
    const total = reduceSum(estimate);
    const symbols = [...net.parameters.values()].map(({ symbol }) => symbol);
    const found = evaluate(gradients(total, symbols), feeds);
    for (const [i, symbol] of symbols.entries()) {
      expect(relativeError(found[i]!, differences(total, symbol, feeds)), symbol.scope).toBeLessThan(1e-8);
    }
  });
});
