/** Gradients held against finite differences of the interpreter's values. */
import { gradients } from '../../src/autodiff/index.ts';
import { add, constant, input, mul, reduceSum, type Sym, shapesEqual } from '../../src/graph/index.ts';
import { anywhere, sampleLike } from './cases.ts';
import { evaluate, type NdArray } from './interpreter.ts';
import type { Random } from './random.ts';

/** The derivative of `scalar` by each element of `x`: five points, so that the error is of order step⁴. */
export function differences(scalar: Sym, x: Sym, feeds: ReadonlyMap<Sym, NdArray>, step = 1e-3): NdArray {
  const at = feeds.get(x)!;
  const value = (element: number, move: number) => {
    const data = Float64Array.from(at.data);
    data[element]! += move;
    return evaluate([scalar], new Map([...feeds, [x, { shape: at.shape, data }]]))[0]!.data[0]!;
  };
  const data = at.data.map(
    (_, n) =>
      (8 * (value(n, step) - value(n, -step)) - (value(n, 2 * step) - value(n, -2 * step))) / (12 * step),
  );
  return { shape: at.shape, data };
}

/** The largest difference of two arrays, relative to their largest element (to 1 where they are smaller). */
export function relativeError(a: NdArray, b: NdArray): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`shapes [${a.shape}] and [${b.shape}] differ`);
  let scale = 1;
  let error = 0;
  for (let n = 0; n < a.data.length; n++) {
    scale = Math.max(scale, Math.abs(a.data[n]!), Math.abs(b.data[n]!));
    const distance = Math.abs(a.data[n]! - b.data[n]!);
    error = Math.max(error, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return error / scale;
}

/** sum(weights · y) with fresh random weights: a scalar that depends on every element of y. */
export function weightedSum(ys: readonly Sym[], feeds: Map<Sym, NdArray>, rows: number, draw: Random): Sym {
  let sum: Sym = constant(0);
  for (const [i, y] of ys.entries()) {
    const weights = input(`w${feeds.size}_${i}`, y.shape);
    feeds.set(weights, sampleLike(y.shape, rows, anywhere, draw));
    sum = add(sum, reduceSum(mul(weights, y)));
  }
  return sum;
}

interface Derivatives {
  loss: Sym;
  first: Sym[];
  second: Sym[];
  worst: number;
}

/**
 * First and second derivatives of sum(w · y) with respect to every operand, both held against differences.
 * @returns the graphs, and the worst relative error.
 */
export function checkDerivatives(
  y: Sym,
  operands: readonly Sym[],
  feeds: Map<Sym, NdArray>,
  draw: Random,
  rows: number,
): Derivatives {
  const loss = weightedSum([y], feeds, rows, draw);
  const first = gradients(loss, operands);
  const slope = weightedSum(first, feeds, rows, draw);
  const second = gradients(slope, operands);
  let worst = 0;
  for (const [scalar, found] of [
    [loss, first],
    [slope, second],
  ] as const) {
    const values = evaluate(found, feeds);
    for (const [i, x] of operands.entries()) {
      if (!shapesEqual(found[i]!.shape, x.shape)) {
        throw new Error(`the gradient of [${x.shape}] has shape [${found[i]!.shape}]`);
      }
      worst = Math.max(worst, relativeError(values[i]!, differences(scalar, x, feeds)));
    }
  }
  return { loss, first, second, worst };
}
