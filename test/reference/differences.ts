/** Gradients held against finite differences of the interpreter's values. */
import { gradients } from '../../src/autodiff/index.ts';
import { add, constant, input, mul, reduceSum, type Sym, shapesEqual } from '../../src/graph/index.ts';
import { anywhere, sampleLike } from './cases.ts';
import { evaluate, type NdArray } from './interpreter.ts';
import type { Random } from './random.ts';

/** The derivative of `scalar` along a direction: five points, so that the error is of order step⁴. */
function slopeAlong(
  scalar: Sym,
  x: Sym,
  feeds: ReadonlyMap<Sym, NdArray>,
  direction: ArrayLike<number>,
  step = 1e-3,
): number {
  const at = feeds.get(x)!;
  const value = (move: number) => {
    const data = Float64Array.from(at.data, (element, n) => element + move * direction[n]!);
    return evaluate([scalar], new Map([...feeds, [x, { shape: at.shape, data }]]))[0]!.data[0]!;
  };
  return (8 * (value(step) - value(-step)) - (value(2 * step) - value(-2 * step))) / (12 * step);
}

/** The derivative of `scalar` by each element of `x`. */
export function differences(scalar: Sym, x: Sym, feeds: ReadonlyMap<Sym, NdArray>, step = 1e-3): NdArray {
  const { shape, data } = feeds.get(x)!;
  const direction = new Float64Array(data.length);
  const slopes = data.map((_, n) => {
    direction.fill(0)[n] = 1;
    return slopeAlong(scalar, x, feeds, direction, step);
  });
  return { shape, data: slopes };
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

/** Up to this many elements each is moved by itself; of more, all are moved at once, this many times. */
const MOVED = 8;
/** Elements that move together may add up, as in a mean: each moves less. */
const JOINT_STEP = 4e-4;

/**
 * How far a gradient is from differences: element by element, or, of large operands, along directions in which every
 * element moves by ±1 times the step, as chance has it. An element that is wrong shows in each of them, and several hide
 * each other in all of them with a chance of 2⁻⁸ a case; the time no longer grows with the square of the elements.
 */
function errorOf(
  gradient: NdArray,
  scalar: Sym,
  x: Sym,
  feeds: ReadonlyMap<Sym, NdArray>,
  draw: Random,
): number {
  const at = feeds.get(x)!;
  if (at.data.length <= MOVED) return relativeError(gradient, differences(scalar, x, feeds));
  const scale = Math.max(1, ...gradient.data.map(Math.abs));
  let worst = 0;
  for (let i = 0; i < MOVED; i++) {
    const signs = Float64Array.from(at.data, () => (draw() < 0.5 ? -1 : 1));
    const expected = signs.reduce((sum, sign, n) => sum + sign * gradient.data[n]!, 0);
    const error = Math.abs(expected - slopeAlong(scalar, x, feeds, signs, JOINT_STEP)) / scale;
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return worst;
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
      worst = Math.max(worst, errorOf(values[i]!, scalar, x, feeds, draw));
    }
  }
  return { loss, first, second, worst };
}
