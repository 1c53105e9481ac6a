import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { importanceBound, logMeanExp } from './likelihood.ts';

describe('logMeanExp', () => {
  test('is the plain formula where that can be had, at any distance from 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: -5000, max: 5000 }),
        (values, shift) => {
          const plain = Math.log(values.reduce((sum, x) => sum + Math.exp(x), 0) / values.length);
          expect(logMeanExp(values)).toBeCloseTo(plain, 10);
          expect(logMeanExp(values.map((x) => x + shift))).toBeCloseTo(plain + shift, 8);
        },
      ),
    );
  });

  test('takes zero weights, and a part of an array', () => {
    expect(logMeanExp([-Infinity, 0])).toBeCloseTo(-Math.LN2, 12);
    expect(logMeanExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logMeanExp([9, 1, 1, 9], 1, 3)).toBe(1);
    expect(() => logMeanExp([])).toThrow(RangeError);
  });
});

describe('importance bounds', () => {
  test('never fall where k rises to a multiple', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -200, max: 0, noNaN: true }), { minLength: 24, maxLength: 24 }),
        (weights) => {
          const bounds = [1, 2, 6, 12, 24].map((k) => importanceBound(weights, k));
          for (const [i, bound] of bounds.slice(1).entries())
            expect(bound).toBeGreaterThanOrEqual(bounds[i]! - 1e-9);
        },
      ),
    );
  });

  /**
   * z ~ N(0, 1), x | z ~ N(z, 1), so x ~ N(0, 2) and z | x ~ N(x/2, 1/2). With q the posterior every weight is p(x).
   * With q = N(x/2 + shift, 1/2) the gap of the ELBO is KL(q ‖ p(z|x)) = shift².
   */
  test('close the gap to a log-likelihood that is known', () => {
    const draw = random(7);
    const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const logNormal = (x: number, mean: number, variance: number) =>
      -0.5 * ((x - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));
    const x = 1.3;
    const weights = (shift: number) =>
      Array.from({ length: 20_000 }, () => {
        const z = x / 2 + shift + normal() * Math.SQRT1_2;
        return logNormal(z, 0, 1) + logNormal(x, z, 1) - logNormal(z, x / 2 + shift, 0.5);
      });
    const exact = logNormal(x, 0, 2);
    for (const k of [1, 50, 5000]) expect(importanceBound(weights(0), k)).toBeCloseTo(exact, 10);
    const shifted = weights(0.6);
    expect(exact - importanceBound(shifted, 1)).toBeCloseTo(0.36, 1);
    expect(exact - importanceBound(shifted, 50)).toBeLessThan(0.05);
    expect(Math.abs(exact - importanceBound(shifted, 5000))).toBeLessThan(0.02);
  });

  test('are refused where the weights do not fill whole groups', () => {
    expect(() => importanceBound([1, 2, 3], 2)).toThrow('3 weights cannot be split into groups of 2');
    expect(() => importanceBound([], 1)).toThrow(RangeError);
  });
});
