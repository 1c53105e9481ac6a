import { describe, expect, test } from 'vitest';
import { anywhere, sampleLike } from '../../test/reference/cases.ts';
import { checkDerivatives, relativeError } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { HourglassError } from '../errors.ts';
import { formatShape, input, type Shape, type Sym } from '../graph/index.ts';
import {
  activate,
  batchNorm,
  conv,
  convTranspose,
  dense,
  dropout,
  flatten,
  type MapsSettings,
  maxPool,
  Network,
  reshape,
  upsample,
} from './index.ts';

const maps = (more: Partial<MapsSettings>): MapsSettings => ({
  channels: 2,
  kernel: 3,
  stride: 1,
  padding: 'same',
  bias: true,
  initialiser: 'glorotUniform',
  ...more,
});
const norm = { momentum: 0.9, epsilon: 1e-2 };
const unit = { units: 2, bias: true, initialiser: 'heNormal' } as const;

/** Every layer, on an input of some shape, and the shape it gives. */
const LAYERS: [string, Shape, (net: Network, x: Sym) => Sym, string][] = [
  ['dense', ['N', 3], (net, x) => dense(net, x, unit), '[N, 2]'],
  ['batch norm', ['N', 3], (net, x) => batchNorm(net, x, norm), '[N, 3]'],
  ['batch norm of maps', ['N', 2, 2, 3], (net, x) => batchNorm(net, x, norm), '[N, 2, 2, 3]'],
  ['dropout of maps', ['N', 2, 2, 2], (net, x) => dropout(net, x, 0.5), '[N, 2, 2, 2]'],
  ['conv', ['N', 1, 3, 4], (net, x) => conv(net, x, maps({})), '[N, 2, 3, 4]'],
  ['conv, valid', ['N', 1, 3, 4], (net, x) => conv(net, x, maps({ padding: 'valid' })), '[N, 2, 1, 2]'],
  ['conv, padded by 2', ['N', 1, 2, 3], (net, x) => conv(net, x, maps({ padding: 2 })), '[N, 2, 4, 5]'],
  ['conv, stride 2', ['N', 1, 5, 4], (net, x) => conv(net, x, maps({ stride: 2 })), '[N, 2, 3, 2]'],
  [
    'conv, even kernel, no bias',
    ['N', 1, 3, 3],
    (net, x) => conv(net, x, maps({ kernel: 2, bias: false })),
    '[N, 2, 3, 3]',
  ],
  ['conv to one channel', ['N', 4, 3, 3], (net, x) => conv(net, x, maps({ channels: 1 })), '[N, 1, 3, 3]'],
  ['transposed conv', ['N', 1, 2, 3], (net, x) => convTranspose(net, x, maps({})), '[N, 2, 2, 3]'],
  [
    'transposed conv, stride 2',
    ['N', 1, 2, 3],
    (net, x) => convTranspose(net, x, maps({ stride: 2 })),
    '[N, 2, 4, 6]',
  ],
  [
    'transposed conv, valid',
    ['N', 1, 2, 2],
    (net, x) => convTranspose(net, x, maps({ stride: 2, padding: 'valid' })),
    '[N, 2, 5, 5]',
  ],
  [
    'transposed conv, stride beyond its kernel',
    ['N', 1, 2, 2],
    (net, x) => convTranspose(net, x, maps({ stride: 3, kernel: 2 })),
    '[N, 2, 6, 6]',
  ],
  ['max pool', ['N', 1, 4, 5], (net, x) => maxPool(net, x, 2), '[N, 1, 2, 2]'],
  ['upsample', ['N', 1, 2, 2], (net, x) => upsample(net, x, 2), '[N, 1, 4, 4]'],
  ['flatten', ['N', 2, 1, 2], (_, x) => flatten(x), '[N, 4]'],
  ['reshape', ['N', 6], (net, x) => reshape(net, x, [1, 2, 3]), '[N, 1, 2, 3]'],
];

/** Values for everything a network asks for. */
function feedsOf(net: Network, x: Sym, rows: number): Map<Sym, NdArray> {
  const draw = random(3);
  const leaves = [...net.parameters.values(), ...net.states.values(), ...net.randomness.values()];
  const feeds = new Map<Sym, NdArray>([[net.inverseBatch, ndArray([], [1 / rows])]]);
  for (const { symbol } of leaves) feeds.set(symbol, sampleLike(symbol.shape, rows, anywhere, draw));
  // No two elements nearly equal: pooling has a kink where they are.
  const { shape } = sampleLike(x.shape, rows, () => 0, draw);
  const length = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length }, (_, n) => (((n * 37) % 211) / 211) * 3 - 1.5);
  return feeds.set(x, ndArray(shape, values));
}

describe('layers', () => {
  test.each(LAYERS)('%s: shape and derivatives in training', (_, shape, layer, expected) => {
    const net = new Network('train');
    const x = input('x', shape);
    const y = net.within('layer', () => layer(net, x));
    expect(formatShape(y.shape)).toBe(expected);
    const feeds = feedsOf(net, x, 2);
    const parameters = [...net.parameters.values()].map(({ symbol }) => symbol);
    const { worst } = checkDerivatives(y, [x, ...parameters], feeds, random(1), 2);
    expect(worst).toBeLessThan(1e-7);
  });

  test.each(LAYERS.filter(([name]) => !/norm|dropout/.test(name)))(
    '%s: the same where it is trained and where it is shipped',
    (_, shape, layer) => {
      const x = input('x', shape);
      const [train, infer] = [new Network('train'), new Network('infer')];
      const [trained, shipped] = [layer(train, x), layer(infer, x)];
      const feeds = feedsOf(train, x, 2);
      for (const { name, symbol } of infer.parameters.values()) {
        feeds.set(symbol, feeds.get(train.parameters.get(name)!.symbol)!);
      }
      const [a, b] = evaluate([trained, shipped], feeds);
      expect(relativeError(a!, b!)).toBeLessThan(1e-12);
    },
  );

  test('batch norm of maps leaves each channel with mean 0 and variance 1', () => {
    const net = new Network('train');
    const x = input('x', ['N', 2, 3, 3]);
    const y = batchNorm(net, x, { momentum: 0.9, epsilon: 1e-9 });
    const feeds = feedsOf(net, x, 4);
    const [scale, shift] = [...net.parameters.values()];
    feeds.set(scale!.symbol, ndArray([2], [1, 1])).set(shift!.symbol, ndArray([2], [0, 0]));
    const [value] = evaluate([y], feeds);
    for (const channel of [0, 1]) {
      const all = [...value!.data].filter((_, n) => Math.floor(n / 9) % 2 === channel);
      const mean = all.reduce((a, b) => a + b) / all.length;
      expect(mean).toBeCloseTo(0, 9);
      expect(all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length).toBeCloseTo(1, 6);
    }
  });

  test('an activation is pooled first, which changes nothing', () => {
    const net = new Network('train');
    const x = input('x', ['N', 2, 4, 4]);
    const feeds = feedsOf(net, x, 2);
    for (const name of ['relu', 'leakyRelu', 'sigmoid', 'tanh', 'elu', 'relu6', 'gelu'] as const) {
      const y = maxPool(net, activate(x, name), 2);
      if (name !== 'gelu') expect(y.inputs[0]!.op).toBe('MaxPool');
      const [expected] = evaluate([activate(x, name)], feeds);
      const later = input('later', x.shape);
      const [a] = evaluate([y], feeds);
      const [b] = evaluate([maxPool(net, later, 2)], new Map([[later, expected!]]));
      expect(relativeError(a!, b!)).toBeLessThan(1e-12);
    }
  });

  test('initial weights by the terms of a sum', () => {
    const net = new Network('train');
    const x = input('x', ['N', 4, 6, 6]);
    net.within('a', () => conv(net, x, maps({ channels: 8, initialiser: 'heNormal' })));
    net.within('b', () => convTranspose(net, x, maps({ channels: 8, stride: 3, initialiser: 'heNormal' })));
    const std = (name: string) => net.parameters.get(name)!.initialiser;
    expect(std('a.weight')).toMatchObject({ type: 'normal', std: Math.sqrt(2 / 36) });
    // With stride 3, each element of the result is reached by one tap of nine.
    expect(std('b.weight')).toMatchObject({ type: 'normal', std: Math.sqrt(2 / 4) });
  });
});

describe('what does not fit is told by the name of the layer', () => {
  test.each<[string, Shape, (net: Network, x: Sym) => Sym, RegExp]>([
    ['dense', ['N', 8, 7, 7], (net, x) => dense(net, x, unit), /rows of features.*\[N, 8, 7, 7\].*flatten/],
    ['batchNorm', ['N', 8, 7], (net, x) => batchNorm(net, x, norm), /rows of features/],
    ['conv', ['N', 784], (net, x) => conv(net, x, maps({})), /takes maps.*\[N, 784\].*reshape/],
    [
      'conv',
      ['N', 1, 2, 2],
      (net, x) => conv(net, x, maps({ padding: 'valid' })),
      /3×3 kernel must fit.*same/,
    ],
    ['convTranspose', ['N', 784], (net, x) => convTranspose(net, x, maps({})), /takes maps/],
    [
      'convTranspose',
      ['N', 1, 1, 1],
      (net, x) => convTranspose(net, x, maps({ padding: 2 })),
      /leave something/,
    ],
    ['maxPool', ['N', 784], (net, x) => maxPool(net, x, 2), /takes maps/],
    ['maxPool', ['N', 1, 1, 9], (net, x) => maxPool(net, x, 2), /2×2 window must fit/],
    ['upsample', ['N', 784], (net, x) => upsample(net, x, 2), /takes maps/],
    ['reshape', ['N', 784], (net, x) => reshape(net, x, [1, 27, 28]), /1×27×28 = 756.*784/],
  ])('%s', (name, shape, layer, told) => {
    const net = new Network('train');
    const build = () =>
      net.within('encoder', () => net.within(`${name}1`, () => layer(net, input('x', shape))));
    expect(build).toThrow(HourglassError);
    expect(build).toThrow(told);
    expect(build).toThrow(`encoder.${name}1: `);
  });
});
