/**
 * Multinomial logistic regression: the probability of class k is softmax(x W + b)ₖ. Its two graphs, the class
 * scores and the cross-entropy with its gradient, are run by ONNX Runtime on a piece of the rows at a time and
 * added up in double precision. It knows nothing of how the best W and b are found.
 */
import type { Engine } from '../engine/index.ts';
import {
  add,
  BATCH,
  div,
  exp,
  gemm,
  input,
  log,
  mul,
  reduceSum,
  relu,
  type Sym,
  slice,
  sub,
} from '../graph/index.ts';
import { encodeModel } from '../onnx/index.ts';
import type { Objective } from './lbfgs.ts';

/** Rows run at once: few enough to stay in the processor's cache between the two products over them. */
const ROWS = 1024;

/** The sizes of a regression. Its coefficients are one array: weights [width, classes], then biases [classes]. */
export interface RegressionSize {
  width: number;
  classes: number;
}

export const coefficientCount = ({ width, classes }: RegressionSize): number => (width + 1) * classes;

/** x W + b, and the inputs it is made of. */
function scoresOf({ width, classes }: RegressionSize) {
  const x = input('x', [BATCH, width]);
  const weight = input('weight', [width, classes]);
  const bias = input('bias', [classes]);
  return { inputs: { x, weight, bias }, scores: gemm(x, weight, { addend: bias }) };
}

function feedsOf(coefficients: Float64Array, { width, classes }: RegressionSize) {
  const values = Float32Array.from(coefficients);
  return {
    weight: { data: values.subarray(0, width * classes), shape: [width, classes] },
    bias: { data: values.subarray(width * classes), shape: [classes] },
  };
}

/** Each row's largest element, [n, 1]: one half is compared with the other, max(a, b) = b + relu(a − b). */
function rowMaximum(x: Sym): Sym {
  const columns = x.shape[1] as number;
  if (columns === 1) return x;
  // Where their number is odd, the halves share a column.
  const half = Math.ceil(columns / 2);
  const a = slice(x, [{ axis: 1, start: 0, end: half }]);
  const b = slice(x, [{ axis: 1, start: columns - half, end: columns }]);
  return rowMaximum(add(b, relu(sub(a, b))));
}

/**
 * −ln softmax(scores) at each row's class, [n], and its derivative by the scores, softmax − target. Neither
 * changes if all scores of a row do by the same; with their maximum taken off, no exponential overflows.
 */
function crossEntropyOf(scores: Sym, target: Sym) {
  const shifted = sub(scores, rowMaximum(scores));
  const powers = exp(shifted);
  const total = reduceSum(powers, [1], true);
  const losses = sub(reduceSum(log(total), [1]), reduceSum(mul(target, shifted), [1]));
  return { losses, derivative: sub(div(powers, total), target) };
}

/**
 * L(W, b) = 1/n Σ −ln softmax(xᵢ W + b) at yᵢ + l2/2 ‖W‖², in nats, over rows x [n, width] with classes
 * y [n], as a function of the coefficients.
 */
export async function openCrossEntropy(
  engine: Engine,
  x: Float32Array,
  y: Uint8Array,
  size: RegressionSize,
  { l2, threads }: { l2: number; threads: number },
): Promise<{ objective: Objective; dispose(): Promise<void> }> {
  const { width, classes } = size;
  const { inputs, scores } = scoresOf(size);
  const target = input('target', [BATCH, classes]);
  const { losses, derivative } = crossEntropyOf(scores, target);
  const model = encodeModel({
    name: 'cross-entropy',
    inputs: { ...inputs, target },
    outputs: {
      losses,
      weightGradient: gemm(inputs.x, derivative, { transA: true }),
      biasGradient: reduceSum(derivative, [0]),
    },
  });
  const session = await engine.open(model, { threads });
  const count = y.length;
  const targets = oneHot(y, classes);

  const objective: Objective = async (coefficients) => {
    const parameters = feedsOf(coefficients, size);
    const gradient = new Float64Array(coefficients.length);
    let value = 0;
    for (let start = 0; start < count; start += ROWS) {
      const n = Math.min(ROWS, count - start);
      const piece = await session.run({
        ...parameters,
        x: { data: x.subarray(start * width, (start + n) * width), shape: [n, width] },
        target: { data: targets.subarray(start * classes, (start + n) * classes), shape: [n, classes] },
      });
      for (const loss of piece.losses!.data) value += loss;
      addTo(gradient, piece.weightGradient!.data, 0);
      addTo(gradient, piece.biasGradient!.data, width * classes);
    }
    value /= count;
    for (let i = 0; i < gradient.length; i++) gradient[i]! /= count;
    for (let i = 0; i < width * classes; i++) {
      const weight = coefficients[i]!;
      value += (l2 / 2) * weight * weight;
      gradient[i]! += l2 * weight;
    }
    return { value, gradient };
  };
  return { objective, dispose: () => session.dispose() };
}

/** The most probable class of each row, a piece [n, width] at a time; the lowest of equals. */
export async function* predictions(
  engine: Engine,
  pieces: Iterable<Float32Array>,
  coefficients: Float64Array,
  size: RegressionSize,
  threads: number,
): AsyncGenerator<number> {
  const { width, classes } = size;
  const { inputs, scores } = scoresOf(size);
  const session = await engine.open(encodeModel({ name: 'scores', inputs, outputs: { scores } }), {
    threads,
  });
  try {
    const parameters = feedsOf(coefficients, size);
    for (const data of pieces) {
      const n = data.length / width;
      const result = await session.run({ ...parameters, x: { data, shape: [n, width] } });
      const { data: values } = result.scores!;
      for (let row = 0; row < n; row++) {
        let best = 0;
        for (let k = 1; k < classes; k++) {
          if (values[row * classes + k]! > values[row * classes + best]!) best = k;
        }
        yield best;
      }
    }
  } finally {
    await session.dispose();
  }
}

function oneHot(y: Uint8Array, classes: number): Float32Array {
  const result = new Float32Array(y.length * classes);
  for (const [row, k] of y.entries()) result[row * classes + k] = 1;
  return result;
}

function addTo(total: Float64Array, part: Float32Array, at: number): void {
  for (let i = 0; i < part.length; i++) total[at + i]! += part[i]!;
}
