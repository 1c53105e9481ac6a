import { describe, expect, test } from 'vitest';
import { evaluate, type NdArray, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import type { Sym } from '../../graph/index.ts';
import {
  type AutoregressiveShape,
  autoregressiveGraph,
  autoregressiveNats,
  encodeAutoregressive,
} from '../../models/index.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { fitNetwork } from '../../training/fit.ts';
import type { Quantised } from '../quantised.ts';
import { autoregressiveMetadata, drawIntegers, parseAutoregressive, Reader } from './autoregressive.ts';

const SHAPE: AutoregressiveShape = { length: 6, count: 5, tables: 2, width: 8, heads: 2, layers: 2 };
const QUANTISED: Quantised = {
  ...{ shape: [3, 2], count: 5, bitsPerCode: 6 * Math.log2(5), codebooks: null },
  layout: { each: 'position', width: 1, stages: 2, places: 1, perPlace: 3 },
};
const FACTS = {
  note: 'a prior',
  heldOut: { codes: 1, split: 'test', nats: 1, independentNats: 2 },
  shape: SHAPE,
};

function drawnWeights(seed = 1): Map<string, Float32Array> {
  const draw = random(seed);
  const { net } = autoregressiveNats(SHAPE);
  return new Map(
    [...net.parameters.values()].map(({ name, shape }) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * draw() - 1);
      return [name, name.endsWith('factor') ? values.map((x) => 1 + x / 4) : values];
    }),
  );
}

const prior = () => ({ ...FACTS, weights: drawnWeights() });

/** −ln p of each number of a code, by what draws. */
function natsByReader(code: readonly number[]): number[] {
  const reader = new Reader(prior());
  reader.begin();
  return code.map((value) => {
    const scores = reader.next();
    reader.read(value);
    return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - scores[value]!;
  });
}

const feedsFor = (parameters: Iterable<{ name: string; symbol: Sym; shape: readonly number[] }>) =>
  new Map<Sym, NdArray>(
    [...parameters].map(({ name, symbol, shape }) => [
      symbol,
      ndArray([...shape], [...drawnWeights().get(name)!]),
    ]),
  );

const CODES = [
  [0, 4, 1, 3, 2, 2],
  [3, 3, 0, 0, 4, 1],
];

describe('an autoregressive prior', () => {
  test('gives a number the same probability where it is drawn as in its graph', () => {
    const { net, integers, nats } = autoregressiveNats(SHAPE);
    const feeds = feedsFor(net.parameters.values()).set(integers, ndArray([2, 6], CODES.flat()));
    const [found] = evaluate([nats], feeds);
    for (const [n, code] of CODES.entries())
      expect(natsByReader(code).reduce((a, b) => a + b, 0)).toBeCloseTo(found!.data[n]!, 5);
  });

  test('is a distribution: the probabilities of all codes of two numbers sum to 1', () => {
    const shape = { ...SHAPE, length: 2 };
    const { net, integers, nats } = autoregressiveNats(shape);
    const weights = drawnWeights();
    const all = Array.from({ length: 25 }, (_, i) => [Math.floor(i / 5), i % 5]);
    const feeds = new Map<Sym, NdArray>(
      [...net.parameters.values()].map(({ name, symbol, shape: size }) => {
        const values = weights.get(name)!.slice(
          0,
          size.reduce((a, b) => a * b, 1),
        );
        return [symbol, ndArray([...size], [...values])];
      }),
    ).set(integers, ndArray([25, 2], all.flat()));
    const [found] = evaluate([nats], feeds);
    expect([...found!.data].reduce((sum, x) => sum + Math.exp(-x), 0)).toBeCloseTo(1, 9);
  });

  test('has the gradients of finite differences', () => {
    const graph = autoregressiveGraph(SHAPE);
    const { net, inputs, loss, gradients } = graph;
    const feeds = feedsFor(net.parameters.values());
    feeds.set(inputs.integers!, ndArray([2, 6], CODES.flat())).set(net.inverseBatch, ndArray([], [1 / 2]));
    for (const { symbol, size } of net.randomness.values())
      feeds.set(symbol, ndArray([2, ...(symbol.shape.slice(1) as number[])], new Array(2 * size).fill(1)));
    const draw = random(8);
    const wanted = gradients.map(({ gradient }) => gradient);
    const found = evaluate(wanted, feeds);
    for (const [i, { parameter }] of gradients.entries()) {
      const given = feeds.get(parameter.symbol)!;
      const at = Math.floor(draw() * given.data.length);
      const moved = (by: number) => {
        const data = [...given.data];
        data[at]! += by;
        const [value] = evaluate([loss], new Map(feeds).set(parameter.symbol, ndArray(given.shape, data)));
        return value!.data[0]!;
      };
      const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      expect(found[i]!.data[at], parameter.name).toBeCloseTo(slope, 5);
    }
  });

  test('draws the same for the same seed, in pieces too, as often as the first number is likely', () => {
    const drawn = drawIntegers(nodeEngine, prior(), 600, 3);
    expect(drawIntegers(nodeEngine, prior(), 600, 3)).toEqual(drawn);
    expect(drawIntegers(nodeEngine, prior(), 200, 3, 400)).toEqual(drawn.slice(400 * 6));
    expect(drawIntegers(nodeEngine, prior(), 600, 4)).not.toEqual(drawn);
    for (let value = 0; value < 5; value++) {
      const p = Math.exp(-natsByReader([value])[0]!);
      const share =
        Array.from({ length: 600 }, (_, n) => drawn[6 * n]).filter((x) => x === value).length / 600;
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 600) + 1e-9);
    }
  });

  test('learns what numbers have to do with each other', async () => {
    const draw = random(2);
    const shape = { ...SHAPE, length: 2, tables: 1 };
    const integers = Float32Array.from({ length: 512 }, () => 0);
    for (let n = 0; n < 256; n++) integers.fill(Math.floor(draw() * 5), 2 * n, 2 * n + 2);
    const settings = { count: 256, batchSize: 32, steps: 150, learningRate: 0.02, seed: 1, threads: 1 };
    const { loss } = await fitNetwork(nodeEngine, autoregressiveGraph(shape), { integers }, settings);
    // The second number is the first one: ln 5 of the 2 ln 5 that independent numbers take.
    expect(loss).toBeLessThan(1.2 * Math.log(5));
  });
});

describe('its file', () => {
  const file = (weights = drawnWeights(), digest = 'abc') =>
    encodeAutoregressive(SHAPE, weights, autoregressiveMetadata(FACTS, digest));
  const owner = { weights: 'abc', quantised: QUANTISED };

  test('is read back as it was', () => {
    const found = parseAutoregressive(file(), owner, 'a.onnx');
    expect(found).toMatchObject(FACTS);
    for (const [name, values] of drawnWeights()) expect(found.weights.get(name)).toEqual(values);
  });

  test.each([
    ['of other weights', { ...owner, weights: 'def' }, /of another model/],
    ['of a model that is not quantised', { ...owner, quantised: null }, /of another model/],
    ['of other codes', { ...owner, quantised: { ...QUANTISED, count: 6 } }, /is damaged/],
  ])('%s is refused', (_, other, message) => {
    expect(() => parseAutoregressive(file(), other, 'a.onnx')).toThrow(message);
  });

  test('that is cut off is refused', () => {
    expect(() => parseAutoregressive(file().slice(0, 900), owner, 'a.onnx')).toThrow(/a\.onnx/);
  });
});
