import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { BATCH, input, type Sym } from '../../graph/index.ts';
import { feedsOf, normal } from '../../nn/testing.ts';
import { flowGraph, type GaussianMixture, logGaussians } from './flow.ts';

const UNITS = 2;
const MIXTURE: GaussianMixture = {
  weights: [0.3, 0.7],
  means: [
    [0.5, -1],
    [2, 0.3],
  ],
  roots: [Float64Array.of(0.8, 0, 0.4, 1.1), Float64Array.of(1.5, 0, -0.7, 0.6)],
};
const ROWS = 5;
const draw = random(3);
const CODES = Array.from({ length: ROWS * UNITS }, () => normal(draw));

/** ln p by the textbook's formula, with the covariance and its inverse written out. */
function logDensity([x, y]: readonly [number, number]): number {
  const density = MIXTURE.weights.map((weight, k) => {
    const [a, , b, c] = MIXTURE.roots[k]!;
    const [sxx, sxy, syy] = [a! * a!, a! * b!, b! * b! + c! * c!];
    const determinant = sxx * syy - sxy * sxy;
    const [dx, dy] = [x - MIXTURE.means[k]![0]!, y - MIXTURE.means[k]![1]!];
    const squared = (syy * dx * dx - 2 * sxy * dx * dy + sxx * dy * dy) / determinant;
    return (weight * Math.exp(-squared / 2)) / (2 * Math.PI * Math.sqrt(determinant));
  });
  return Math.log(density.reduce((sum, value) => sum + value, 0));
}

describe('a flow from a mixture', () => {
  test('the density of its base is that of the Gaussians', () => {
    const codes = input('codes', [BATCH, UNITS]);
    const found = evaluate([logGaussians(codes, MIXTURE)], new Map([[codes, ndArray([ROWS, UNITS], CODES)]]));
    expect(found[0]!.shape).toEqual([ROWS]);
    for (let n = 0; n < ROWS; n++) {
      expect(found[0]!.data[n]).toBeCloseTo(logDensity([CODES[2 * n]!, CODES[2 * n + 1]!]), 11);
    }
  });

  test('begins as the mixture, and its loss differentiates', () => {
    const graph = flowGraph(UNITS, MIXTURE, { layers: 2, width: 3 });
    const feeds = feedsOf(graph.net, ROWS, random(5));
    feeds.set(graph.inputs.x!, ndArray([ROWS, UNITS], CODES));
    feeds.set(graph.inputs.spread!, ndArray([ROWS, UNITS], new Array(ROWS * UNITS).fill(0)));
    const begun = new Map<Sym, NdArray>(feeds);
    for (const { symbol, name, shape } of graph.net.parameters.values()) {
      const size = shape.reduce((a, b) => a * b, 1);
      if (/scale|shift/.test(name)) begun.set(symbol, { shape: [...shape], data: new Float64Array(size) });
    }
    const mean =
      Array.from({ length: ROWS }, (_, n) => logDensity([CODES[2 * n]!, CODES[2 * n + 1]!])).reduce(
        (a, b) => a + b,
      ) / ROWS;
    expect(evaluate([graph.loss], begun)[0]!.data[0]).toBeCloseTo(-mean, 11);
    for (const { parameter, gradient } of graph.gradients) {
      const error = relativeError(
        evaluate([gradient], feeds)[0]!,
        differences(graph.loss, parameter.symbol, feeds, 1e-4),
      );
      expect(error, parameter.name).toBeLessThan(1e-5);
    }
  });
});
