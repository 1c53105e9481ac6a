import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input } from '../graph/index.ts';
import { logSumExp } from './log-sum.ts';
import { logMixture } from './mixture.ts';

const [ROWS, UNITS, COMPONENTS] = [4, 3, 5];

function build(components: number) {
  const draw = random(components);
  const symbols = {
    z: input('z', ['N', UNITS]),
    mean: input('mean', [components, UNITS]),
    logVariance: input('logVariance', [components, UNITS]),
  };
  const numbers = (rows: number) => Array.from({ length: rows * UNITS }, () => 4 * draw() - 2);
  const values = { z: numbers(ROWS), mean: numbers(components), logVariance: numbers(components) };
  const feeds = new Map([
    [symbols.z, ndArray([ROWS, UNITS], values.z)],
    [symbols.mean, ndArray([components, UNITS], values.mean)],
    [symbols.logVariance, ndArray([components, UNITS], values.logVariance)],
  ]);
  return { ...symbols, values, feeds, draw, density: logMixture(symbols.z, symbols) };
}

/** Σ ln N over units, one factor at a time. */
function logNormal(values: ReturnType<typeof build>['values'], row: number, component: number): number {
  let sum = 0;
  for (let u = 0; u < UNITS; u++) {
    const sigma = Math.exp(values.logVariance[component * UNITS + u]! / 2);
    const away = (values.z[row * UNITS + u]! - values.mean[component * UNITS + u]!) / sigma;
    sum += Math.log(Math.exp(-(away ** 2) / 2) / (sigma * Math.sqrt(2 * Math.PI)));
  }
  return sum;
}

describe('a mixture of normal distributions', () => {
  test.each([1, COMPONENTS])('of %i has the mean of their densities', (components) => {
    const { density, values, feeds } = build(components);
    const [found] = evaluate([density], feeds);
    for (let row = 0; row < ROWS; row++) {
      let mean = 0;
      for (let k = 0; k < components; k++) mean += Math.exp(logNormal(values, row, k)) / components;
      expect(found!.data[row]).toBeCloseTo(Math.log(mean), 10);
    }
  });

  test('differentiates', () => {
    const { density, z, mean, logVariance, feeds, draw } = build(COMPONENTS);
    expect(checkDerivatives(density, [z, mean, logVariance], feeds, draw, ROWS).worst).toBeLessThan(1e-6);
  });

  test('far from all components is a number, and so is a sum of exponentials that would overflow', () => {
    const { density, z, feeds } = build(COMPONENTS);
    const far = new Map([...feeds, [z, ndArray([1, UNITS], [80, -90, 70])]]);
    expect(evaluate([density], far)[0]!.data[0]).toBeLessThan(-1000);
    const x = input('x', ['N', 1, 2]);
    const at = (a: number, b: number) =>
      evaluate([logSumExp(x)], new Map([[x, ndArray([1, 1, 2], [a, b])]]))[0]!.data[0];
    expect(at(900, 900)).toBeCloseTo(900 + Math.LN2, 10);
    expect(at(-900, -902)).toBeCloseTo(-900 + Math.log1p(Math.exp(-2)), 10);
  });
});
