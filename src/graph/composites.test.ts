import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CASES, instantiate } from '../../test/reference/cases.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { binaryCrossEntropy, expansion, input, type OperatorName, type Sym } from './index.ts';

const valuesOf = (y: Sym, feeds: ReadonlyMap<Sym, NdArray>) => [...evaluate([y], new Map(feeds))[0]!.data];

const COMPOSITES: OperatorName[] = ['Gelu', 'ReluDropout', 'BinaryCrossEntropy', 'QuadraticForm'];

test.each(COMPOSITES)('%s is what its parts give', (op) => {
  fc.assert(
    fc.property(CASES[op], fc.nat(1000), (one, seed) => {
      const { y, feeds } = instantiate(one, seed);
      const parts = expansion(y)!;
      expect(parts.shape).toEqual(y.shape);
      const expected = valuesOf(y, feeds);
      for (const [i, value] of valuesOf(parts, feeds).entries()) expect(value).toBeCloseTo(expected[i]!, 10);
    }),
    { numRuns: 30 },
  );
});

test('ONNX’s own operators have no parts', () => {
  expect(expansion(input('x', [2]))).toBeUndefined();
  for (const op of ['Relu', 'Gemm', 'ReduceSum'] as const) {
    expect(expansion(instantiate(fc.sample(CASES[op], { seed: 1, numRuns: 1 })[0]!, 1).y)).toBeUndefined();
  }
});

test('the parts of a cross-entropy neither overflow nor vanish, however far the logits and wide the image', () => {
  for (const width of [1, 113, 784, 4096]) {
    const [z, t] = [input('z', [1, width]), input('t', [1, width])];
    for (const logit of [-800, -88, -1e-30, 0, 1e-30, 40, 800]) {
      const feeds = new Map([
        [z, ndArray([1, width], Array<number>(width).fill(logit))],
        [t, ndArray([1, width], Array<number>(width).fill(0.25))],
      ]);
      const expected = width * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - 0.25 * logit);
      const [value] = valuesOf(expansion(binaryCrossEntropy(z, t))!, feeds);
      expect(value! / expected).toBeCloseTo(1, 10);
    }
  }
});
