/**
 * Random expressions of many operators: operands are picked from what exists, so values are reused, broadcast,
 * summed to one number and broadcast again in every order.
 */
import fc from 'fast-check';
import { HourglassError } from '../../src/errors.ts';
import {
  add,
  constant,
  div,
  erf,
  exp,
  expandLike,
  gemm,
  greater,
  input,
  matmul,
  mul,
  neg,
  reciprocal,
  reduceSum,
  reshape,
  type Shape,
  type Sym,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  transposeLast,
  where,
} from '../../src/graph/index.ts';
import { anywhere, sampleLike } from './cases.ts';
import type { NdArray } from './interpreter.ts';
import { random } from './random.ts';

interface RandomGraph {
  loss: Sym;
  leaves: Sym[];
  /** Results on the way that the loss may or may not depend on. */
  between: Sym[];
  feeds: Map<Sym, NdArray>;
  rows: number;
  text: string;
}

/** Steps of bounded growth and without kinks; one whose shapes do not fit is left out. */
const STEPS: Readonly<Record<string, (a: Sym, b: Sym, c: Sym, n: number) => Sym>> = {
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(tanh(a), b),
  self: (a) => mul(a, a),
  div: (a, b) => div(a, add(softplus(b), 1)),
  scale: (a, _b, _c, n) => mul(a, n - 2),
  shift: (a, _b, _c, n) => sub(n, a),
  where: (a, b, c) => where(greater(MASK, 0), add(a, c), b),
  tanh: (a) => tanh(a),
  sigmoid: (a) => sigmoid(a),
  erf: (a) => erf(a),
  exp: (a) => exp(tanh(a)),
  sqrt: (a) => sqrt(add(square(a), 1)),
  reciprocal: (a) => reciprocal(add(square(a), 1)),
  neg: (a) => neg(a),
  sumAll: (a) => reduceSum(a),
  sumOne: (a, _b, _c, n) => reduceSum(a, [n % Math.max(1, a.shape.length)], false),
  sumKept: (a, _b, _c, n) => reduceSum(a, [-1 - (n % Math.max(1, a.shape.length))], true),
  expand: (a, b) => expandLike(a, b),
  flip: (a) => transposeLast(a),
  line: (a) => reshape(a, [...a.shape, 1]),
  front: (a) => reshape(a, [1, ...a.shape]),
  matmul: (a, b) => tanh(matmul(a, b)),
  gemm: (a, b, c) => gemm(a, b, { transB: true, addend: c }),
  gemmA: (a, b, c) => gemm(a, b, { transA: true, addend: c }),
};

const MASK = input('mask', ['N', 3]);
const LEAVES: readonly Shape[] = [[], [1], [3], ['N', 3], ['N', 1], [1, 3], [3, 3], [2, 'N', 3], [2, 1, 1]];

export const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .record({
    steps: fc.array(
      fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(4)),
      { minLength: 4, maxLength: 14 },
    ),
    seed: fc.nat(),
  })
  .map(({ steps, seed }) => {
    const draw = random(seed);
    const rows = 1 + Math.floor(draw() * 3);
    const leaves = LEAVES.map((shape, i) => input(`x${i}`, shape));
    const feeds = new Map(
      [...leaves, MASK].map((x) => [x, sampleLike(x.shape, rows, anywhere, draw)] as const),
    );
    const pool: Sym[] = [...leaves];
    const text: string[] = [];
    for (const [name, i, j, k, n] of steps) {
      // The latest results are picked more often, for depth.
      const pick = (at: number) => pool[pool.length - 1 - Math.floor(pool.length * (at / 100) ** 2)]!;
      const [a, b, c] = [pick(i), pick(j), pick(k)];
      try {
        const y = STEPS[name]!(a, b, c, n);
        if (y.shape.length > 4) continue;
        text.push(`${pool.length}=${name}(${pool.indexOf(a)},${pool.indexOf(b)},${pool.indexOf(c)},${n})`);
        pool.push(y);
      } catch (error) {
        if (!(error instanceof HourglassError)) throw error;
      }
    }
    // Some of the results, each summed to one number and by another of them.
    let loss: Sym = constant(0);
    for (const [i, y] of pool.slice(leaves.length).reverse().entries()) {
      if (i === 0 || draw() < 0.3) loss = add(mul(loss, 0.5), reduceSum(tanh(mul(y, 0.3))));
    }
    return { loss, leaves, between: pool.slice(leaves.length), feeds, rows, text: text.join(' ') };
  });
