import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { dense } from './layers.ts';
import { Network } from './network.ts';
import { codeLength, l1, sparsity, squaredWeights } from './penalties.ts';
import { feedsOf } from './testing.ts';

/** Activations of three units for four images: between 0 and 1, as a sigmoid gives them. */
const CODE = [
  [0.9, 0.02, 0.5],
  [0.8, 0.01, 0.3],
  [0.95, 0.2, 0.1],
  [0.7, 0.05, 0.4],
];

function penalise(penalty: (net: Network, code: Sym) => Sym, rows: readonly number[][] = CODE) {
  const net = new Network('train');
  const code = input('code', ['N', rows[0]!.length]);
  const value = penalty(net, code);
  const feeds = new Map<Sym, NdArray>([
    [code, ndArray([rows.length, rows[0]!.length], rows.flat())],
    [net.inverseBatch, ndArray([], [1 / rows.length])],
  ]);
  return { code, value, feeds, number: evaluate([value], feeds)[0]!.data[0]! };
}

describe('l1', () => {
  const SIGNED = CODE.map((row, n) => row.map((h, k) => ((n + k) % 2 === 0 ? h : -h)));

  test('is Σ |h| over units, mean over images', () => {
    const expected = SIGNED.flat().reduce((sum, h) => sum + Math.abs(h), 0) / SIGNED.length;
    expect(penalise(l1, SIGNED).number).toBeCloseTo(expected, 14);
    expect(penalise(l1, SIGNED).value.shape).toEqual([]);
  });

  test('differentiates', () => {
    const { code, value, feeds } = penalise(l1, SIGNED);
    expect(checkDerivatives(value, [code], feeds, random(1), 4).worst).toBeLessThan(1e-8);
  });
});

describe('the length of a code', () => {
  test('is ½ Σ h² over units, mean over images', () => {
    const expected = CODE.flat().reduce((sum, h) => sum + h * h, 0) / 2 / CODE.length;
    const { code, value, feeds, number } = penalise(codeLength);
    expect(number).toBeCloseTo(expected, 14);
    expect(checkDerivatives(value, [code], feeds, random(1), 4).worst).toBeLessThan(1e-8);
  });
});

describe('sparsity', () => {
  const RHO = 0.05;
  const penalty = (net: Network, code: Sym) => sparsity(net, code, RHO);

  /** Σ ρ log(ρ / ρ̂) + (1 − ρ) log((1 − ρ) / (1 − ρ̂)), as the lecture notes write it. */
  const textbook = (means: readonly number[]) =>
    means.reduce(
      (sum, mean) => sum + RHO * Math.log(RHO / mean) + (1 - RHO) * Math.log((1 - RHO) / (1 - mean)),
      0,
    );

  test('is Σ KL(ρ ‖ ρ̂) over units, with their means over the batch', () => {
    const means = [0, 1, 2].map((k) => CODE.reduce((sum, row) => sum + row[k]!, 0) / CODE.length);
    expect(penalise(penalty).number).toBeCloseTo(textbook(means), 13);
    expect(penalise(penalty).value.shape).toEqual([]);
  });

  test('is 0 where every unit is as active as it should be, and more the further it is off', () => {
    const at = (mean: number) => penalise(penalty, [[mean], [mean]]).number;
    expect(Math.abs(at(RHO))).toBeLessThan(1e-15);
    expect(at(0.1)).toBeGreaterThan(0);
    expect(at(0.2)).toBeGreaterThan(at(0.1));
    expect(at(0.02)).toBeGreaterThan(0);
    expect(at(0.01)).toBeGreaterThan(at(0.02));
  });

  test('differentiates', () => {
    const { code, value, feeds } = penalise(penalty);
    expect(checkDerivatives(value, [code], feeds, random(1), 4).worst).toBeLessThan(1e-7);
  });

  test('stays finite for a unit that is never or always active', () => {
    for (const h of [0, 1]) {
      const { number } = penalise(penalty, [[h], [h]]);
      expect(Number.isFinite(number)).toBe(true);
      expect(number).toBeGreaterThan(0.4);
    }
  });

  test('takes codes in rows alone', () => {
    expect(() => sparsity(new Network('train'), input('code', ['N', 2, 3, 3]), RHO)).toThrow(
      'takes rows of features, [N, features], got [N, 2, 3, 3]',
    );
  });
});

describe('squared weights', () => {
  function model() {
    const net = new Network('train');
    const x = input('x', ['N', 3]);
    const settings = { bias: true, initialiser: 'glorotUniform' } as const;
    const h = net.within('a', () => dense(net, x, { units: 2, ...settings }));
    net.within('b', () => dense(net, h, { units: 3, tiedTo: 'a', ...settings }));
    return { net, feeds: feedsOf(net, 2, random(4)) };
  }

  test.each([false, true])('is Σ w² over weights, a tied one once (biases: %s)', (biases) => {
    const { net, feeds } = model();
    expect([...net.parameters.keys()]).toEqual(['a.weight', 'a.bias', 'b.bias']);
    const value = squaredWeights(net.parameters.values(), biases);
    const squares = (name: string) =>
      feeds.get(net.parameters.get(name)!.symbol)!.data.reduce((sum, w) => sum + w ** 2, 0);
    const expected = squares('a.weight') + (biases ? squares('a.bias') + squares('b.bias') : 0);
    expect(evaluate([value], feeds)[0]!.data[0]).toBeCloseTo(expected, 12);
  });

  test('differentiates', () => {
    const { net, feeds } = model();
    const symbols = [...net.parameters.values()].map(({ symbol }) => symbol);
    const value = squaredWeights(net.parameters.values(), true);
    expect(checkDerivatives(value, symbols, feeds, random(1), 2).worst).toBeLessThan(1e-8);
  });
});
