import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { type Random, random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { encodeModel } from '../onnx/index.ts';
import { batchNorm, dense, dropout } from './layers.ts';
import { type Mode, Network } from './network.ts';
import { columnsOf } from './shapes.ts';

const ROWS = 5;
const FEATURES = 3;

const draws = (draw: Random, count: number) =>
  Array.from({ length: count }, () => Math.fround(4 * draw() - 2));

/** A layer on its own, with values for everything it asks for. */
function build(layer: (net: Network, x: Sym) => Sym, mode: Mode, seed = 1) {
  const net = new Network(mode);
  const x = input('x', ['N', FEATURES]);
  const y = net.within('layer', () => layer(net, x));
  const draw = random(seed);
  const feeds = new Map<Sym, NdArray>([
    [x, ndArray([ROWS, FEATURES], draws(draw, ROWS * FEATURES))],
    [net.inverseBatch, ndArray([], [1 / ROWS])],
  ]);
  for (const { symbol, shape } of net.parameters.values()) {
    const size = shape.reduce((a, b) => a * b, 1);
    feeds.set(symbol, ndArray(shape, draws(draw, size)));
  }
  for (const { symbol, shape } of net.states.values()) {
    const size = shape.reduce((a, b) => a * b, 1);
    feeds.set(
      symbol,
      ndArray(
        shape,
        Array.from({ length: size }, () => Math.fround(0.5 + draw())),
      ),
    );
  }
  for (const { symbol, size, distribution } of net.randomness.values()) {
    const mask = Array.from({ length: ROWS * size }, () =>
      distribution.type !== 'keepMask'
        ? draw()
        : draw() < distribution.rate
          ? 0
          : 1 / (1 - distribution.rate),
    );
    feeds.set(symbol, ndArray([ROWS, size], mask.map(Math.fround)));
  }
  return { net, x, y, feeds, draw };
}

async function inRuntime(outputs: Record<string, Sym>, feeds: ReadonlyMap<Sym, NdArray>) {
  const inputs = Object.fromEntries([...feeds.keys()].map((symbol) => [symbol.scope, symbol]));
  const session = await nodeEngine.open(encodeModel({ name: 'layer', inputs, outputs }), { threads: 1 });
  const values = [...feeds].map(([symbol, { shape, data }]) => [
    symbol.scope,
    { shape, data: Float32Array.from(data) },
  ]);
  const results = await session.run(Object.fromEntries(values));
  await session.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data]]));
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < found.length; i++) {
    expect(Math.abs(found[i]! - expected[i]!), `element ${i}`).toBeLessThan(tolerance);
  }
}

describe('dense', () => {
  const settings = { units: 2, bias: true, initialiser: 'glorotUniform' } as const;

  test('is x · W + b, by hand', async () => {
    const { net, x, y, feeds } = build((n, z) => dense(n, z, settings), 'train');
    const { symbol: w } = net.parameters.get('layer.weight')!;
    const { symbol: b } = net.parameters.get('layer.bias')!;
    feeds.set(x, ndArray([1, 3], [1, 2, 3]));
    feeds.set(w, ndArray([3, 2], [1, 10, 2, 20, 3, 30]));
    feeds.set(b, ndArray([2], [0.5, -1]));
    expect((await inRuntime({ y }, feeds)).y).toEqual([14.5, 139]);
  });

  test('asks for a weight and a bias, or a weight alone', () => {
    const { net } = build((n, z) => dense(n, z, settings), 'train');
    expect([...net.parameters.values()].map(({ name, shape, role }) => ({ name, shape, role }))).toEqual([
      { name: 'layer.weight', shape: [3, 2], role: 'weight' },
      { name: 'layer.bias', shape: [2], role: 'bias' },
    ]);
    const bare = build((n, z) => dense(n, z, { ...settings, bias: false }), 'train');
    expect([...bare.net.parameters.keys()]).toEqual(['layer.weight']);
  });

  test('differentiates', () => {
    const { net, x, y, feeds, draw } = build((n, z) => dense(n, z, settings), 'train');
    const all = [x, ...[...net.parameters.values()].map(({ symbol }) => symbol)];
    expect(checkDerivatives(y, all, feeds, draw, ROWS).worst).toBeLessThan(1e-7);
  });

  test('refuses inputs that are not rows of features', () => {
    expect(() => columnsOf(new Network('infer'), input('x', ['N', 2, 2]))).toThrow(
      'takes rows of features, [N, features], got [N, 2, 2]; add a flatten layer before it',
    );
  });
});

describe('dropout', () => {
  test('multiplies by its mask in training, and scales what is kept', async () => {
    const { net, x, y, feeds } = build((n, z) => dropout(n, z, 0.25), 'train');
    const mask = net.randomness.get('layer.mask')!;
    expect(mask.distribution).toEqual({ type: 'keepMask', rate: 0.25 });
    expect(mask.size).toBe(FEATURES);
    const expected = feeds.get(x)!.data.map((value, i) => value * feeds.get(mask.symbol)!.data[i]!);
    expectClose((await inRuntime({ y }, feeds)).y!, expected);
  });

  test('is not there afterwards, nor at rate 0', () => {
    const after = build((n, z) => dropout(n, z, 0.25), 'infer');
    expect(after.y).toBe(after.x);
    expect(after.net.randomness.size).toBe(0);
    const none = build((n, z) => dropout(n, z, 0), 'train');
    expect(none.y).toBe(none.x);
  });

  test('differentiates', () => {
    const { x, y, feeds, draw } = build((n, z) => dropout(n, z, 0.5), 'train');
    expect(checkDerivatives(y, [x], feeds, draw, ROWS).worst).toBeLessThan(1e-7);
  });
});

describe('batchNorm', () => {
  const settings = { momentum: 0.8, epsilon: 1e-5 };
  const layer = (n: Network, z: Sym) => batchNorm(n, z, settings);

  const columns = (data: ArrayLike<number>) =>
    Array.from({ length: FEATURES }, (_, c) =>
      Array.from({ length: ROWS }, (_, r) => data[r * FEATURES + c]!),
    );
  const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const varianceOf = (values: number[]) => meanOf(values.map((v) => (v - meanOf(values)) ** 2));

  test('normalises each feature over the batch, then scales and shifts', async () => {
    const { net, y, feeds } = build(layer, 'train');
    const scale = feeds.get(net.parameters.get('layer.scale')!.symbol)!.data;
    const shift = feeds.get(net.parameters.get('layer.shift')!.symbol)!.data;
    const found = columns((await inRuntime({ y }, feeds)).y!);
    for (const [c, values] of found.entries()) {
      expect(meanOf(values)).toBeCloseTo(shift[c]!, 5);
      expect(Math.sqrt(varianceOf(values))).toBeCloseTo(Math.abs(scale[c]!), 3);
    }
  });

  test('moves its running statistics towards those of the batch', async () => {
    const { net, x, feeds } = build(layer, 'train');
    const [mean, variance] = ['mean', 'variance'].map((name) => net.states.get(`layer.${name}`)!);
    expect([mean!.initial, variance!.initial]).toEqual([0, 1]);
    const found = await inRuntime({ mean: mean!.next!, variance: variance!.next! }, feeds);
    for (const [c, values] of columns(feeds.get(x)!.data).entries()) {
      const previous = (state: typeof mean) => feeds.get(state!.symbol)!.data[c]!;
      expect(found.mean![c]).toBeCloseTo(0.8 * previous(mean) + 0.2 * meanOf(values), 5);
      expect(found.variance![c]).toBeCloseTo(0.8 * previous(variance) + 0.2 * varianceOf(values), 5);
    }
  });

  test('uses the running statistics afterwards, and changes them no more', async () => {
    const { net, x, y, feeds } = build(layer, 'infer');
    const value = (symbol: Sym) => feeds.get(symbol)!.data;
    const [mean, variance] = ['mean', 'variance'].map((name) => net.states.get(`layer.${name}`)!);
    expect([mean!.next, variance!.next]).toEqual([null, null]);
    const scale = value(net.parameters.get('layer.scale')!.symbol);
    const shift = value(net.parameters.get('layer.shift')!.symbol);
    const expected = value(x).map((v, i) => {
      const c = i % FEATURES;
      return (
        ((v - value(mean!.symbol)[c]!) / Math.sqrt(value(variance!.symbol)[c]! + 1e-5)) * scale[c]! +
        shift[c]!
      );
    });
    expectClose((await inRuntime({ y }, feeds)).y!, expected);
  });

  test('one image, or a feature that never changes, gives its shift and no NaN', async () => {
    const { net, x, y, feeds } = build(layer, 'train');
    feeds.set(x, ndArray([1, FEATURES], [5, -3, 0]));
    feeds.set(net.inverseBatch, ndArray([], [1]));
    const shift = feeds.get(net.parameters.get('layer.shift')!.symbol)!.data;
    expectClose((await inRuntime({ y }, feeds)).y!, shift);
  });

  test.each(['train', 'infer'] as const)('differentiates in %s mode', (mode) => {
    const { net, x, y, feeds, draw } = build(layer, mode);
    const all = [x, ...[...net.parameters.values()].map(({ symbol }) => symbol)];
    expect(checkDerivatives(y, all, feeds, draw, ROWS).worst).toBeLessThan(1e-6);
  });
});

describe('a network', () => {
  test('shares what is asked for by the same name, and names by path', () => {
    const net = new Network('train');
    const ask = () => net.parameter('w', [2], { type: 'constant', value: 0 });
    const [a, b] = net.within('one', () => [ask(), ask()]);
    expect(a).toBe(b);
    expect(net.within('one', () => net.within('two', ask))).not.toBe(a);
    expect([...net.parameters.keys()]).toEqual(['one.w', 'one.two.w']);
  });

  test('finds its way back when a layer fails', () => {
    const net = new Network('train');
    expect(() =>
      net.within('broken', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    net.parameter('w', [1], { type: 'constant', value: 0 });
    expect([...net.parameters.keys()]).toEqual(['w']);
  });

  test('the interpreter and the runtime see the same layer', async () => {
    const { y, feeds } = build((n, z) => batchNorm(n, z, { momentum: 0.9, epsilon: 1e-3 }), 'train', 9);
    expectClose((await inRuntime({ y }, feeds)).y!, evaluate([y], feeds)[0]!.data);
  });
});
