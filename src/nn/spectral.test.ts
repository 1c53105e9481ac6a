import { describe, expect, test } from 'vitest';
import { differences, relativeError } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { gradients } from '../autodiff/index.ts';
import { constant, input, mul, reduceSum, type Sym } from '../graph/index.ts';
import { Network } from './network.ts';
import { spectral } from './spectral.ts';
import { normal } from './testing.ts';

const [ROWS, COLUMNS] = [4, 6];

const weightOf = (seed: number, count = ROWS * COLUMNS): Float64Array => {
  const draw = random(seed);
  return Float64Array.from({ length: count }, () => normal(draw));
};

/** The largest singular value of [ROWS, columns]: the square root of the largest eigenvalue of WWᵀ, by Jacobi's rotations. */
function largestSingular(w: Float64Array, columns = COLUMNS): number {
  const a = Array.from({ length: ROWS }, (_, i) =>
    Array.from({ length: ROWS }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += w[i * columns + k]! * w[j * columns + k]!;
      return sum;
    }),
  );
  for (let sweep = 0; sweep < 50; sweep++) {
    for (let p = 0; p < ROWS; p++) {
      for (let q = p + 1; q < ROWS; q++) {
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[p]![p]! - a[q]![q]!);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (const row of a) [row[p], row[q]] = [c * row[p]! + s * row[q]!, c * row[q]! - s * row[p]!];
        for (let k = 0; k < ROWS; k++) {
          const [x, y] = [a[p]![k]!, a[q]![k]!];
          [a[p]![k], a[q]![k]] = [c * x + s * y, c * y - s * x];
        }
      }
    }
  }
  return Math.sqrt(Math.max(...a.map((row, i) => row[i]!)));
}

function build(mode: 'train' | 'infer', shape: readonly number[]) {
  const net = new Network(mode);
  const weight = input('weight', shape);
  const value = spectral(net, weight);
  return { weight, value, state: net.states.get('direction')! };
}

/** As a training does it: the state moves by one iteration a step. */
function iterated(data: Float64Array, shape: readonly number[], steps: number) {
  const { weight, value, state } = build('train', shape);
  const at = ndArray([...shape], data);
  let direction: NdArray = ndArray([...state.shape], new Array(state.shape[1]!).fill(1));
  for (let i = 0; i < steps; i++)
    [direction] = evaluate(
      [state.next!],
      new Map([
        [weight, at],
        [state.symbol, direction],
      ]),
    ) as [NdArray];
  return {
    weight,
    value,
    feeds: new Map<Sym, NdArray>([
      [weight, at],
      [state.symbol, direction],
    ]),
  };
}

describe('spectral normalisation', () => {
  test.each([
    ['a matrix', [ROWS, COLUMNS]],
    ['the kernels of a convolution', [ROWS, 2, 3, 1]],
  ])('divides %s by its largest singular value', (_, shape) => {
    const data = weightOf(3);
    const { value, feeds } = iterated(data, shape, 300);
    const sigma = largestSingular(data);
    const made = evaluate([value], feeds)[0]!;
    expect(made.shape).toEqual(shape);
    for (const [i, element] of made.data.entries()) expect(element).toBeCloseTo(data[i]! / sigma, 9);
    expect(largestSingular(Float64Array.from(made.data))).toBeCloseTo(1, 9);
  });

  test('what is shipped has the state and does not move it', () => {
    const { weight, value, state } = build('infer', [ROWS, COLUMNS]);
    expect(state.next).toBeNull();
    const { feeds, ...trained } = iterated(weightOf(3), [ROWS, COLUMNS], 300);
    const [at, direction] = [...feeds.values()] as [NdArray, NdArray];
    const made = evaluate(
      [value],
      new Map([
        [weight, at],
        [state.symbol, direction],
      ]),
    )[0]!;
    expect(relativeError(made, evaluate([trained.value], feeds)[0]!)).toBeLessThan(1e-12);
  });

  test('its gradient is that of W / σ(W), where the iteration has converged', () => {
    const data = weightOf(5);
    const { weight, value, feeds } = iterated(data, [ROWS, COLUMNS], 500);
    const by = constant([...weightOf(6)], [ROWS, COLUMNS]);
    const scalar = reduceSum(mul(value, by));
    const [found] = evaluate([gradients(scalar, [weight])[0]!], feeds);
    const step = 1e-5;
    const exact = (w: Float64Array) => {
      const sigma = largestSingular(w);
      return w.reduce((sum, element, i) => sum + (element / sigma) * weightOf(6)[i]!, 0);
    };
    const expected = data.map((_, i) => {
      const moved = (by: number) => exact(data.map((element, k) => (k === i ? element + by : element)));
      return (moved(step) - moved(-step)) / (2 * step);
    });
    expect(relativeError(found!, { shape: [ROWS, COLUMNS], data: expected })).toBeLessThan(1e-7);
    // The vectors are held: finite differences of the graph itself, whose iteration moves, agree there.
    expect(relativeError(found!, differences(scalar, weight, feeds, 1e-4))).toBeLessThan(1e-6);
  });
});
