/** Convolution, its transpose and their gradients, in ONNX Runtime, against the sums written out in loops. */
import { describe, expect, test } from 'vitest';
import { gradients } from '../src/autodiff/index.ts';
import {
  conv,
  convTranspose,
  input,
  maxPool,
  mul,
  type Pads,
  type Pair,
  reduceSum,
  type Sym,
} from '../src/graph/index.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { encodeModel } from '../src/onnx/index.ts';
import {
  convolutionGradients,
  convolve,
  transposedConvolutionGradients,
  transposedConvolve,
} from './reference/convolution.ts';
import { relativeError } from './reference/differences.ts';
import { evaluate, type NdArray, ndArray } from './reference/interpreter.ts';
import { random } from './reference/random.ts';

const draw = random(5);
function numbers(shape: number[]): NdArray {
  const length = shape.reduce((a, b) => a * b, 1);
  return ndArray(
    shape,
    Array.from({ length }, () => Math.fround(draw() - 0.5)),
  );
}

async function run(outputs: Sym[], feeds: Record<string, [Sym, NdArray]>): Promise<NdArray[]> {
  const entries = Object.entries(feeds);
  const session = await nodeEngine.open(
    encodeModel({
      name: 'test',
      inputs: Object.fromEntries(entries.map(([name, [symbol]]) => [name, symbol])),
      outputs: Object.fromEntries(outputs.map((symbol, i) => [`y${i}`, symbol])),
    }),
    { threads: 2 },
  );
  const values = entries.map(([name, [, { shape, data }]]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]);
  const results = await session.run(Object.fromEntries(values));
  await session.dispose();
  return outputs.map((_, i) => ndArray(results[`y${i}`]!.shape, results[`y${i}`]!.data));
}

type Layer = [
  name: string,
  from: number,
  to: number,
  size: number,
  kernel: number,
  stride: number,
  pads: Pads,
];

/** Layers as networks have them: many taps, one channel on either side, even and odd sizes. */
const LAYERS: Layer[] = [
  ['first', 1, 16, 14, 3, 1, [1, 1, 1, 1]],
  ['square', 16, 16, 7, 3, 1, [1, 1, 1, 1]],
  ['last', 16, 1, 14, 5, 1, [2, 2, 2, 2]],
  ['valid', 3, 8, 12, 5, 1, [0, 0, 0, 0]],
  ['wide, padded more than its kernel', 2, 5, 4, 3, 1, [3, 0, 4, 1]],
  ['strided', 4, 6, 11, 3, 2, [1, 1, 1, 1]],
  ['strided, one side', 6, 4, 8, 3, 2, [0, 0, 1, 1]],
  ['stride beyond the kernel', 2, 3, 9, 2, 3, [0, 0, 0, 0]],
  ['points', 5, 7, 6, 1, 1, [0, 0, 0, 0]],
];

describe('layers of a network', () => {
  test.each(LAYERS)('conv %s', async (_, from, to, size, kernel, stride, pads) => {
    const settings = { strides: [stride, stride] as Pair, pads };
    const [x, w] = [input('x', ['N', from, size, size]), input('w', [to, from, kernel, kernel])];
    const y = conv(x, w, settings);
    const g = input('g', y.shape);
    const at = { x: numbers([3, from, size, size]), w: numbers([to, from, kernel, kernel]) };
    const expected = convolve(at.x, at.w, undefined, settings);
    const gAt = numbers([...expected.shape]);
    const outputs = [y, ...gradients(reduceSum(mul(g, y)), [x, w])];
    const found = await run(outputs, { x: [x, at.x], w: [w, at.w], g: [g, gAt] });
    const { dx, dw } = convolutionGradients(at.x, at.w, gAt, settings);
    for (const [i, value] of [expected, dx, dw].entries()) {
      expect(relativeError(found[i]!, value)).toBeLessThan(5e-6);
    }
  });

  test.each(LAYERS)('transposed conv %s', async (_, to, from, size, kernel, stride, pads) => {
    if (pads[0] + pads[2] > kernel) return;
    const settings = { strides: [stride, stride] as Pair, pads, outputPadding: [stride - 1, 0] as Pair };
    const [x, w] = [input('x', ['N', from, size, size]), input('w', [from, to, kernel, kernel])];
    const y = convTranspose(x, w, settings);
    const g = input('g', y.shape);
    const at = { x: numbers([3, from, size, size]), w: numbers([from, to, kernel, kernel]) };
    const expected = transposedConvolve(at.x, at.w, undefined, settings);
    const gAt = numbers([...expected.shape]);
    const outputs = [y, ...gradients(reduceSum(mul(g, y)), [x, w])];
    const found = await run(outputs, { x: [x, at.x], w: [w, at.w], g: [g, gAt] });
    const { dx, dw } = transposedConvolutionGradients(at.x, at.w, gAt, settings);
    for (const [i, value] of [expected, dx, dw].entries()) {
      expect(relativeError(found[i]!, value)).toBeLessThan(5e-6);
    }
  });
});

test('pooling: each of several equally large elements gets the whole gradient', () => {
  const x = input('x', ['N', 1, 2, 4]);
  const at = ndArray([1, 1, 2, 4], [3, 3, 0, 1, 1, 2, 5, 4]);
  const [g] = gradients(reduceSum(maxPool(x, [2, 2])), [x]);
  expect([...evaluate([g!], new Map([[x, at]]))[0]!.data]).toEqual([1, 1, 0, 0, 0, 0, 1, 0]);
});
