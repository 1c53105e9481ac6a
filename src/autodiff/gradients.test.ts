import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CASES, instantiate } from '../../test/reference/cases.ts';
import { checkDerivatives, differences, relativeError } from '../../test/reference/differences.ts';
import { randomGraph } from '../../test/reference/expressions.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import {
  abs,
  add,
  cast,
  clip,
  constant,
  div,
  elu,
  erf,
  exp,
  expandLike,
  gemm,
  greater,
  input,
  inScope,
  leakyRelu,
  log,
  matmul,
  mul,
  neg,
  reduceSum,
  relu,
  reshape,
  round,
  type Sym,
  sigmoid,
  softplus,
  sqrt,
  square,
  stopGradient,
  straightThrough,
  sub,
  tanh,
  topologicalOrder,
  transpose,
} from '../graph/index.ts';
import { OPERATORS, type OperatorName } from '../graph/operators.ts';
import { gradients } from './index.ts';
import { GRADIENT_RULES } from './rules.ts';

/** Relative; float64 and five-point differences give about 1e-9. */
const TOLERANCE = 1e-7;

function valuesOf(outputs: readonly Sym[], feeds: readonly (readonly [Sym, NdArray])[]): number[][] {
  return evaluate(outputs, new Map(feeds)).map((value) => [...value.data]);
}

/** The derivative of f at x, as a graph of one number. */
function slope(f: (x: Sym) => Sym, at: number, order = 1): number {
  const x = input('x', []);
  let y = f(x);
  for (let i = 0; i < order; i++) y = gradients(y, [x])[0]!;
  return valuesOf([y], [[x, ndArray([], [at])]])[0]![0]!;
}

describe('first and second derivatives of every operator match finite differences', () => {
  test.each(Object.keys(OPERATORS) as OperatorName[])('%s', (op) => {
    expect(CASES, 'a new operator needs a case in test/reference/cases.ts').toHaveProperty(op);
    fc.assert(
      fc.property(CASES[op], fc.nat(), (one, seed) => {
        const { operands, y, feeds, rows, draw } = instantiate(one, seed);
        expect(checkDerivatives(y, operands, feeds, draw, rows).worst, one.text).toBeLessThan(TOLERANCE);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('there is one rule per operator', () => {
    expect(Object.keys(GRADIENT_RULES).sort()).toEqual(Object.keys(OPERATORS).sort());
  });
});

describe('random expressions of many operators', () => {
  test('first derivatives', () => {
    fc.assert(
      fc.property(randomGraph, ({ loss, leaves, feeds, text }) => {
        const found = evaluate(gradients(loss, leaves), feeds);
        for (const [i, x] of leaves.entries()) {
          expect(relativeError(found[i]!, differences(loss, x, feeds)), `${text} by ${i}`).toBeLessThan(
            TOLERANCE,
          );
        }
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  test('second derivatives', () => {
    fc.assert(
      fc.property(randomGraph, fc.nat(), ({ loss, leaves, feeds, rows, text }, seed) => {
        const some = leaves.filter((_, i) => i % 3 === seed % 3);
        const { worst } = checkDerivatives(loss, some, feeds, random(seed), rows);
        expect(worst, text).toBeLessThan(TOLERANCE);
      }),
      { seed: 5, numRuns: 30 },
    );
  });

  test('by a result on the way: as if it were an input', () => {
    fc.assert(
      fc.property(randomGraph, fc.nat(), ({ loss, between, feeds, text }, n) => {
        if (between.length === 0) return;
        const middle = between[n % between.length]!;
        const [value] = evaluate([middle], feeds);
        const [found] = evaluate(gradients(loss, [middle]), feeds);
        // The interpreter takes a fed value before it computes one.
        const expected = differences(loss, middle, new Map([...feeds, [middle, value!]]));
        expect(relativeError(found!, expected), text).toBeLessThan(TOLERANCE);
      }),
      { seed: 6, numRuns: 40 },
    );
  });
});

describe('values known from mathematics', () => {
  test.each<[string, (x: Sym) => Sym, number, number, number]>([
    ['x³', (x) => mul(x, mul(x, x)), 2, 12, 12],
    ['eˣ', exp, 1, Math.E, Math.E],
    ['ln x', log, 2, 0.5, -0.25],
    ['√x', sqrt, 4, 0.25, -1 / 32],
    ['σ(x)', sigmoid, 0, 0.25, 0],
    ['σ(x) at ln 3', sigmoid, Math.log(3), 3 / 16, -3 / 32],
    ['tanh x', tanh, 0, 1, 0],
    ['tanh x at artanh ½', tanh, Math.atanh(0.5), 0.75, -0.75],
    ['softplus', softplus, 0, 0.5, 0.25],
    ['erf', erf, 0, 1.1283791670955126, 0],
    ['erf at 1', erf, 1, 0.41510749742059466, -0.8302149948411893],
    ['1/x', (x) => div(1, x), 2, -0.25, 0.25],
    ['x/x', (x) => div(x, x), 3, 0, 0],
    ['x · sigmoid(x)', (x) => mul(x, sigmoid(x)), 0, 0.5, 0.5],
    ['|x| left of 0', abs, -3, -1, 0],
    ['elu left of 0', (x) => elu(x, 2), -1, 2 / Math.E, 2 / Math.E],
    ['x² in two steps of sub', (x) => sub(square(x), sub(x, x)), 5, 10, 2],
  ])('%s', (_, f, at, first, second) => {
    expect(slope(f, at)).toBeCloseTo(first, 12);
    expect(slope(f, at, 2)).toBeCloseTo(second, 12);
  });

  test('a tenth derivative: d¹⁰/dx¹⁰ x¹⁰ = 10!', () => {
    const power = (x: Sym) => {
      let y = x;
      for (let i = 1; i < 10; i++) y = mul(y, x);
      return y;
    };
    expect(slope(power, 0.7, 10)).toBeCloseTo(3628800, 3);
  });

  test.each<[string, (x: Sym) => Sym, number, number]>([
    ['relu', relu, 0, 0],
    ['leaky relu', (x) => leakyRelu(x, 0.1), 0, 0.1],
    ['elu', (x) => elu(x, 1), 0, 1],
    ['abs', abs, 0, 0],
    ['clip at its bound', (x) => clip(x, 0, 1), 1, 0],
    ['clip beyond', (x) => clip(x, 0, 1), 7, 0],
    ['clip without an upper bound', (x) => clip(x, 0, Number.POSITIVE_INFINITY), 7, 1],
  ])('at a kink, the documented side: %s', (_, f, at, expected) => {
    expect(slope(f, at)).toBe(expected);
  });

  test('functions that saturate stay finite', () => {
    for (const at of [-200, 200]) {
      for (const f of [sigmoid, tanh, softplus, erf]) {
        expect(Number.isFinite(slope(f, at))).toBe(true);
        expect(Number.isFinite(slope(f, at, 2))).toBe(true);
      }
    }
  });

  test('a dense layer by hand: loss = ½‖X W + b − T‖²', () => {
    const [x, w, b, t] = [input('x', ['N', 2]), input('w', [2, 1]), input('b', [1]), input('t', ['N', 1])];
    const error = sub(gemm(x, w, { addend: b }), t);
    const loss = mul(reduceSum(square(error)), 0.5);
    const feeds = [
      [x, ndArray([2, 2], [1, 2, 3, 4])],
      [w, ndArray([2, 1], [0.5, -1])],
      [b, ndArray([1], [0.25])],
      [t, ndArray([2, 1], [1, 0])],
    ] as const;
    // Errors: 0.5 − 2 + 0.25 − 1 = −2.25 and 1.5 − 4 + 0.25 = −2.25.
    const [value, dw, db, dx, dt] = valuesOf([loss, ...gradients(loss, [w, b, x, t])], feeds);
    expect(value).toEqual([5.0625]);
    expect(dw).toEqual([-2.25 * (1 + 3), -2.25 * (2 + 4)]);
    expect(db).toEqual([-4.5]);
    expect(dx).toEqual([-1.125, 2.25, -1.125, 2.25]);
    expect(dt).toEqual([2.25, 2.25]);
  });

  test('the Hessian of a quadratic form xᵀ A x is A + Aᵀ', () => {
    const x = input('x', [2, 1]);
    const a = constant([1, 2, 5, 3], [2, 2]);
    const form = reduceSum(matmul(transpose(x, [1, 0]), matmul(a, x)));
    const [g] = gradients(form, [x]);
    const rows = [constant([1, 0], [2, 1]), constant([0, 1], [2, 1])].map(
      (unit) => gradients(reduceSum(mul(g!, unit)), [x])[0]!,
    );
    expect(valuesOf(rows, [[x, ndArray([2, 1], [0.3, -4])]])).toEqual([
      [2, 7],
      [7, 6],
    ]);
  });
});

describe('reuse', () => {
  const x = input('x', [2]);
  const feeds = [[x, ndArray([2], [3, -2])]] as const;

  test.each<[string, (x: Sym) => Sym, number[]]>([
    ['x + x', (a) => add(a, a), [2, 2]],
    ['x − x', (a) => sub(a, a), [0, 0]],
    ['x · x', (a) => mul(a, a), [6, -4]],
    ['(x · x) · (x · x), one square', (a) => square(square(a)), [108, -32]],
    ['x/x', (a) => div(a, a), [0, 0]],
    ['five uses', (a) => add(mul(a, a), add(neg(a), add(mul(a, 3), a))), [9, -1]],
  ])('%s', (_, f, expected) => {
    const found = valuesOf(gradients(reduceSum(f(x)), [x]), feeds)[0]!;
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 12);
  });

  test('a product of a matrix with itself, plus itself', () => {
    const a = input('a', [2, 2]);
    const at = ndArray([2, 2], [1, 2, 3, 4]);
    for (const y of [matmul(a, a), gemm(a, a, { transA: true, addend: a }), gemm(a, a, { transB: true })]) {
      const loss = reduceSum(square(y));
      const [found] = evaluate(gradients(loss, [a]), new Map([[a, at]]));
      expect(relativeError(found!, differences(loss, a, new Map([[a, at]])))).toBeLessThan(TOLERANCE);
    }
  });

  test('a ladder of doublings costs one rule per rung, not one per path', () => {
    let y: Sym = x;
    for (let i = 0; i < 60; i++) y = add(y, y);
    const [g] = gradients(reduceSum(y), [x]);
    expect(topologicalOrder([g!]).length).toBeLessThan(500);
    expect(valuesOf([g!], feeds)[0]).toEqual([2 ** 60, 2 ** 60]);
  });
});

describe('what is differentiated by what', () => {
  const x = input('x', ['N', 3]);
  const z = input('z', [3]);
  const feeds = [
    [x, ndArray([2, 3], [1, 2, 3, 4, 5, 6])],
    [z, ndArray([3], [1, 1, 2])],
  ] as const;

  test('what the scalar does not depend on has zeros of its shape', () => {
    const [gx, gz] = gradients(reduceSum(x), [x, z]);
    expect([gx!.shape, gz!.shape]).toEqual([['N', 3], [3]]);
    expect(valuesOf([gx!, gz!], feeds)).toEqual([
      [1, 1, 1, 1, 1, 1],
      [0, 0, 0],
    ]);
    expect(valuesOf(gradients(constant(3), [x]), feeds)).toEqual([[0, 0, 0, 0, 0, 0]]);
  });

  test('the scalar itself, nothing, and one symbol twice', () => {
    const loss = reduceSum(mul(x, z));
    expect(gradients(loss, [])).toEqual([]);
    const [one, first, again] = gradients(loss, [loss, z, z]);
    expect(valuesOf([one!, first!, again!], feeds)).toEqual([[1], [5, 7, 9], [5, 7, 9]]);
  });

  test('a result on the way and the input behind it, together', () => {
    const middle = square(x);
    const loss = reduceSum(mul(middle, z));
    const [gm, gx] = gradients(loss, [middle, x]);
    expect(valuesOf([gm!, gx!], feeds)).toEqual([
      [1, 1, 2, 1, 1, 2],
      [2, 4, 12, 8, 10, 24],
    ]);
  });

  test('nothing flows through masks, whole numbers or the shape of another', () => {
    for (const y of [
      cast(greater(x, 2), 'float32'),
      cast(cast(x, 'int64'), 'float32'),
      expandLike(constant(2), x),
      mul(x, 0),
    ]) {
      expect(valuesOf(gradients(reduceSum(y), [x]), feeds)[0]!.every((value) => value === 0)).toBe(true);
    }
  });

  test('nothing flows through stopGradient, and a straight-through value has the slope of its operand', () => {
    const stopped = mul(x, stopGradient(square(x)));
    const rounded = square(straightThrough(x, round(mul(x, 2))));
    const [value, a, b] = valuesOf(
      [rounded, ...gradients(reduceSum(stopped), [x]), ...gradients(reduceSum(rounded), [x])],
      feeds,
    );
    expect(value).toEqual([4, 16, 36, 64, 100, 144]);
    expect(a).toEqual([1, 4, 9, 16, 25, 36]);
    // 2 y · 1 with y = round(2x).
    expect(b).toEqual([4, 8, 12, 16, 20, 24]);
  });

  test('a cast of a float to a float changes nothing', () => {
    expect(valuesOf(gradients(reduceSum(square(cast(x, 'float32'))), [x]), feeds)).toEqual([
      [2, 4, 6, 8, 10, 12],
    ]);
  });

  test.each<[string, Sym]>([
    ['[N, 3]', x],
    ['[1]', input('one', [1])],
    ['int64', cast(reduceSum(x), 'int64')],
  ])('only a float32 scalar has gradients: %s', (got, loss) => {
    expect(() => gradients(loss, [x])).toThrow(got);
  });

  test('nodes name the operator they are the gradient of, at every order', () => {
    const y = inScope('encoder', () => reduceSum(tanh(x)));
    const [g] = gradients(y, [x]);
    const [gg] = gradients(reduceSum(square(g!)), [x]);
    const scopes = new Set(topologicalOrder([gg!]).map((symbol) => symbol.scope));
    expect(scopes).toContain('gradients/encoder');
    expect([...scopes].filter((scope) => scope.includes('gradients/gradients'))).toEqual([]);
  });
});

test('gradients that repeat stay unexpanded, in any order of arrival', () => {
  const x = input('x', [2, 'N', 3]);
  const feeds = new Map([
    [
      x,
      ndArray(
        [2, 2, 3],
        [...new Array(12).keys()].map((n) => n / 7 - 0.6),
      ),
    ],
  ]);
  const rests: ((y: Sym) => Sym)[] = [
    (y) => reduceSum(y),
    (y) => reduceSum(reduceSum(y, [0])),
    (y) => reduceSum(square(reduceSum(y, [0]))),
    (y) => reduceSum(square(reduceSum(y, [1]))),
    (y) => reduceSum(tanh(reduceSum(y, [1], true))),
    (y) => reduceSum(exp(reduceSum(y, [0, 2], true))),
    (y) => reduceSum(tanh(reduceSum(y, [-1]))),
    (y) => reduceSum(mul(y, reduceSum(y, [1], true))),
    (y) => reduceSum(div(y, add(square(reduceSum(y, [0])), 1))),
    (y) => mul(reduceSum(y), reduceSum(y)),
    (y) => reduceSum(matmul(y, constant([1, 2, 3], [3, 1]))),
    (y) => reduceSum(transpose(reduceSum(y, [0], true), [2, 0, 1])),
    (y) => reduceSum(reshape(reduceSum(y, [0]), [3, 'N'])),
    (y) => reduceSum(expandLike(reduceSum(y, [0]), x)),
  ];
  for (const [i, outer] of rests.entries()) {
    for (const [j, other] of rests.entries()) {
      const loss = add(outer(tanh(x)), other(mul(x, x)));
      const [g] = gradients(loss, [x]);
      const [found] = evaluate([g!], feeds);
      expect(relativeError(found!, differences(loss, x, feeds)), `${i} and ${j}`).toBeLessThan(TOLERANCE);
    }
  }
});

test('10,000 operators in a row do not overflow the stack', () => {
  const x = input('x', [2]);
  let y: Sym = x;
  for (let i = 0; i < 10_000; i++) y = i % 2 === 0 ? add(y, x) : neg(y);
  const [g] = gradients(reduceSum(y), [x]);
  const [gg] = gradients(reduceSum(square(g!)), [x]);
  expect(topologicalOrder([g!]).length).toBeGreaterThan(10_000);
  expect(valuesOf([g!, gg!], [[x, ndArray([2], [1, 2])]])).toEqual([
    [1, 1],
    [0, 0],
  ]);
});
