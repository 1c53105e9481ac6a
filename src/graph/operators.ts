/**
 * The operators a graph may use: ONNX's own, each with one rule that gives the result's shape and element
 * type from the operands', or says what is wrong with them. All are of one result and of opset
 * {@link OPSET}, but for those that `composites.ts` writes in others. An operator added here needs a gradient rule in `autodiff` (the compiler insists) and, where
 * ONNX takes one of its settings as an input tensor, a line in `onnx/encode.ts`.
 */
import { concat, pad, slice } from './arrangement.ts';
import { averagePool, conv, convTranspose, maxPool, resize } from './maps.ts';
import { type OperatorRule, Violation } from './rule.ts';
import { argMin, argTopK, batchTopK, gather, topK } from './selection.ts';
import {
  broadcastShapes,
  DIM_RULE,
  type Dim,
  elementCount,
  formatShape,
  isDim,
  normalAxes,
  type Shape,
  shapesEqual,
  withoutOnes,
} from './shape.ts';
import type { DType, Sym } from './symbol.ts';

/** The version of ONNX's operator set that every graph states. */
export const OPSET = 20;

const unary: OperatorRule = {
  operands: 1,
  infer: ([x]) =>
    x!.dtype === 'float32' ? { shape: x!.shape, dtype: x!.dtype } : new Violation('operand must be float32'),
};

const isNumber = (x: Sym): boolean => x.dtype === 'float32' || x.dtype === 'int64';

const allFloat = (...operands: (Sym | undefined)[]) =>
  operands.every((x) => x === undefined || x.dtype === 'float32');

function broadcasting(result: (operand: DType) => DType): OperatorRule {
  return {
    operands: 2,
    infer: ([a, b]) => {
      if (!isNumber(a!) || !isNumber(b!)) return new Violation('operands must be numbers, not bool or bytes');
      if (a!.dtype !== b!.dtype) return new Violation('operands must have one element type');
      const shape = broadcastShapes(a!.shape, b!.shape);
      return shape === null
        ? new Violation(
            'shapes must be equal or broadcast (from the last dimension: equal, or one of them 1)',
          )
        : { shape, dtype: result(a!.dtype) };
    },
  };
}

const arithmetic = broadcasting((operand) => operand);
const comparison = broadcasting(() => 'bool');

const cast: OperatorRule = {
  operands: 1,
  infer: ([x], { to }) =>
    to === 'float32' || to === 'bool' || to === 'int64'
      ? { shape: x!.shape, dtype: to }
      : new Violation('target type must be float32, int64 or bool'),
};

const clip: OperatorRule = {
  operands: 1,
  infer: (inputs, attributes) => {
    const { min, max } = attributes as { min: number; max: number };
    return min <= max
      ? unary.infer(inputs, attributes)
      : new Violation(`min ${min} must not exceed max ${max}`);
  },
};

const where: OperatorRule = {
  operands: 3,
  infer: ([condition, a, b]) => {
    if (condition!.dtype !== 'bool') return new Violation('condition must be bool');
    if (a!.dtype !== b!.dtype) return new Violation('both choices must have one element type');
    if (!isNumber(a!)) return new Violation('choices must be numbers, not bool or bytes');
    const choices = broadcastShapes(a!.shape, b!.shape);
    const shape = choices && broadcastShapes(condition!.shape, choices);
    return shape ? { shape, dtype: a!.dtype } : new Violation('shapes must be equal or broadcast');
  },
};

const matMul: OperatorRule = {
  operands: 2,
  infer: ([a, b]) => {
    if (!allFloat(a!, b!)) return new Violation('operands must be float32');
    if (a!.shape.length < 2 || b!.shape.length < 2) return new Violation('operands must have rank 2 or more');
    const [rows, inner] = a!.shape.slice(-2) as [Dim, Dim];
    const [innerB, columns] = b!.shape.slice(-2) as [Dim, Dim];
    if (inner !== innerB) return new Violation("the first operand's columns must equal the second's rows");
    const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
    return batch === null
      ? new Violation('leading dimensions must broadcast')
      : { shape: [...batch, rows, columns], dtype: a!.dtype };
  },
};

const gemm: OperatorRule = {
  operands: [2, 3],
  infer: ([a, b, c], { transA, transB }) => {
    if (!allFloat(a!, b!, c)) return new Violation('operands must be float32');
    if (a!.shape.length !== 2 || b!.shape.length !== 2) return new Violation('operands must have rank 2');
    const [rows, inner] = transA ? [a!.shape[1]!, a!.shape[0]!] : [a!.shape[0]!, a!.shape[1]!];
    const [innerB, columns] = transB ? [b!.shape[1]!, b!.shape[0]!] : [b!.shape[0]!, b!.shape[1]!];
    if (inner !== innerB) return new Violation('inner dimensions must agree');
    const shape = [rows, columns];
    if (c !== undefined) {
      const fitted = broadcastShapes(c.shape, shape);
      if (fitted === null || !shapesEqual(fitted, shape)) {
        return new Violation(`the addend must broadcast to ${formatShape(shape)}`);
      }
    }
    return { shape, dtype: a!.dtype };
  },
};

const transpose: OperatorRule = {
  operands: 1,
  infer: ([x], { perm }) => {
    const order = perm as readonly number[];
    const rank = x!.shape.length;
    // Not negative axes: ONNX does not take them here.
    const valid =
      order.length === rank && order.every((axis) => axis >= 0) && normalAxes(order, rank) !== null;
    return valid
      ? { shape: order.map((axis) => x!.shape[axis]!), dtype: x!.dtype }
      : new Violation(`perm must order the axes 0 to ${rank - 1}, got [${order.join(', ')}]`);
  },
};

const reshape: OperatorRule = {
  operands: 1,
  infer: ([x], { shape }) => {
    const target = shape as Shape;
    if (!target.every(isDim)) return new Violation(`the new shape ${formatShape(target)} ${DIM_RULE}`);
    const from = elementCount(x!.shape);
    const to = elementCount(target);
    if (from.known !== to.known || !shapesEqual(from.symbolic, to.symbolic)) {
      return new Violation(`the new shape ${formatShape(target)} must hold as many elements`);
    }
    // Enough to state the new shape in ONNX: a symbolic dimension is copied from its place, or worked out.
    const moved = target.filter((dim, axis) => typeof dim === 'string' && dim !== x!.shape[axis]);
    return moved.length <= 1 || shapesEqual(withoutOnes(x!.shape), withoutOnes(target))
      ? { shape: target, dtype: x!.dtype }
      : new Violation(`at most one symbolic dimension may change its place to make ${formatShape(target)}`);
  },
};

const reduction: OperatorRule = {
  operands: 1,
  infer: ([x], { axes, keepdims }) => {
    const rank = x!.shape.length;
    if (!isNumber(x!)) return new Violation('operand must be numbers, not bool or bytes');
    // To ONNX, no axes are all axes.
    if ((axes as readonly number[]).length === 0) return new Violation('at least one axis must be given');
    const reduced = normalAxes(axes as readonly number[], rank);
    if (reduced === null) return new Violation(`axes must be distinct and within -${rank} to ${rank - 1}`);
    const shape = keepdims
      ? x!.shape.map((dim, axis) => (reduced.includes(axis) ? 1 : dim))
      : x!.shape.filter((_, axis) => !reduced.includes(axis));
    return { shape, dtype: x!.dtype };
  },
};

/** Expand, with the target shape taken from a second operand, so that symbolic dimensions need no name. */
const expandLike: OperatorRule = {
  operands: 2,
  infer: ([x, like]) => {
    const fitted = broadcastShapes(x!.shape, like!.shape);
    return fitted !== null && shapesEqual(fitted, like!.shape)
      ? { shape: like!.shape, dtype: x!.dtype }
      : new Violation('the first shape must broadcast to the second');
  },
};

const masked: OperatorRule = {
  operands: 2,
  infer: ([x, mask]) =>
    allFloat(x!, mask!) && shapesEqual(x!.shape, mask!.shape)
      ? { shape: x!.shape, dtype: x!.dtype }
      : new Violation('operands must be float32 and of one shape'),
};

const binaryCrossEntropy: OperatorRule = {
  operands: 2,
  infer: ([logits, targets]) => {
    if (!allFloat(logits!, targets!)) return new Violation('operands must be float32');
    const [rows, width] = logits!.shape;
    const [targetRows, targetWidth] = targets!.shape;
    const fits = targetWidth === width && (targetRows === rows || targetRows === 1);
    return logits!.shape.length === 2 && targets!.shape.length === 2 && typeof width === 'number' && fits
      ? { shape: [rows!], dtype: 'float32' }
      : new Violation('logits must be [N, k], with a fixed k, and targets [N, k] or [1, k]');
  },
};

const quadraticForm: OperatorRule = {
  operands: 2,
  infer: ([a, symmetric]) => {
    if (!allFloat(a!, symmetric!)) return new Violation('operands must be float32');
    const width = a!.shape[1];
    return a!.shape.length === 2 && width !== undefined && shapesEqual(symmetric!.shape, [width, width])
      ? { shape: [a!.shape[0]!], dtype: 'float32' }
      : new Violation('operands must be [N, k] and [k, k]');
  },
};

const RULES = {
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Greater: comparison,
  Equal: comparison,
  Where: where,
  Cast: cast,
  Neg: unary,
  Abs: unary,
  Sign: unary,
  /** Not ONNX's, but written in its operators: 1 where x > 0, else 0. */
  Step: unary,
  /** To the nearest whole number; a half goes to the even one. */
  Round: unary,
  /** Not ONNX's, where it is nothing: the operand itself, through which no gradient flows. */
  StopGradient: unary,
  Exp: unary,
  Log: unary,
  Sqrt: unary,
  Reciprocal: unary,
  Erf: unary,
  Sigmoid: unary,
  Tanh: unary,
  Softplus: unary,
  Relu: unary,
  LeakyRelu: unary,
  Elu: unary,
  Clip: clip,
  Gelu: unary,
  ReluDropout: masked,
  BinaryCrossEntropy: binaryCrossEntropy,
  QuadraticForm: quadraticForm,
  MatMul: matMul,
  Gemm: gemm,
  Transpose: transpose,
  Reshape: reshape,
  ReduceSum: reduction,
  ReduceProd: reduction,
  ExpandLike: expandLike,
  Pad: pad,
  Slice: slice,
  Concat: concat,
  ArgMin: argMin,
  TopK: topK,
  /** Not ONNX's: the positions that its TopK gives as a second result. */
  ArgTopK: argTopK,
  /** Not ONNX's: its TopK over all elements, where k follows the number of rows. */
  BatchTopK: batchTopK,
  Gather: gather,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  Resize: resize,
} satisfies Record<string, OperatorRule>;

export type OperatorName = keyof typeof RULES;

export const OPERATORS: Readonly<Record<OperatorName, OperatorRule>> = RULES;
