/**
 * Constructors of symbols, one per operator and a few common compositions. Each checks its operands at once:
 * a bad graph fails here, with the operator, the shapes and the rule, and never inside a runtime.
 */
import { HourglassError } from '../errors.ts';
import { OPERATORS, type OperatorName } from './operators.ts';
import { Violation } from './rule.ts';
import { formatShape, type Shape, shapesEqual } from './shape.ts';
import { type Attributes, constant, type DType, type Sym, scalarValue, scopeName } from './symbol.ts';

/** Applies an operator. Prefer the named constructors below. */
export function apply(op: OperatorName, inputs: readonly Sym[], attributes: Attributes = {}): Sym {
  const { operands, infer } = OPERATORS[op];
  const [least, most] = typeof operands === 'number' ? [operands, operands] : operands;
  const result =
    inputs.length < least || inputs.length > most
      ? new Violation(`takes ${least === most ? least : `${least} to ${most}`} operands`)
      : infer(inputs, attributes);
  const scope = scopeName();
  if (result instanceof Violation) {
    throw new HourglassError('usage', {
      subject: scope === '' ? op : `${op} in ${scope}`,
      rule: result.rule,
      got: inputs.map((x) => `${x.dtype}${formatShape(x.shape)}`).join(' and '),
    });
  }
  return { op, inputs, attributes, shape: result.shape, dtype: result.dtype, scope };
}

type Operand = Sym | number;

function symbol(x: Operand): Sym {
  return typeof x === 'number' ? constant(x) : x;
}

/** Whether an operation with a neutral number may be left out: not where the types would not fit. */
const isFloat = (x: Operand): boolean => typeof x === 'number' || x.dtype === 'float32';

export function add(a: Operand, b: Operand): Sym {
  if (a === 0 && isFloat(b)) return symbol(b);
  if (b === 0 && isFloat(a)) return symbol(a);
  return apply('Add', [symbol(a), symbol(b)]);
}

export function sub(a: Operand, b: Operand): Sym {
  return b === 0 && isFloat(a) ? symbol(a) : apply('Sub', [symbol(a), symbol(b)]);
}

/** a · b, element by element. Scalar constants fold, so that a chain of scalings costs one pass. */
export function mul(a: Operand, b: Operand): Sym {
  const [p, q] = [symbol(a), symbol(b)];
  const [u, v] = [scalarValue(p), scalarValue(q)];
  if (u !== undefined && v !== undefined) return constant(u * v);
  if (u === 1 && isFloat(q)) return q;
  if (v === 1 && isFloat(p)) return p;
  return apply('Mul', [p, q]);
}

export function div(a: Operand, b: Operand): Sym {
  return b === 1 && isFloat(a) ? symbol(a) : apply('Div', [symbol(a), symbol(b)]);
}

export const neg = (x: Sym): Sym => apply('Neg', [x]);
export const abs = (x: Sym): Sym => apply('Abs', [x]);
/** -1, 0 or 1. */
export const sign = (x: Sym): Sym => apply('Sign', [x]);
/** The nearest whole number; a half goes to the even one. No gradient flows through it. */
export const round = (x: Sym): Sym => apply('Round', [x]);
/** x itself, taken for a constant by every derivative. */
export const stopGradient = (x: Sym): Sym => apply('StopGradient', [x]);
/**
 * The straight-through estimator (Bengio et al., 2013): `value` to the bit where it is computed, `x` where it is
 * differentiated.
 */
export const straightThrough = (x: Sym, value: Sym): Sym => add(sub(x, stopGradient(x)), stopGradient(value));
/** The position of the least element along an axis, which goes, as int64; the first one of equals. */
export const argMin = (x: Sym, axis: number): Sym => apply('ArgMin', [x], { axis, keepdims: 0 });
/** The largest k of each row of [rows, width], in falling order: [rows, k]. */
export const topK = (x: Sym, k: number): Sym => apply('TopK', [x], { k });
/** Their positions in the row, int64 [rows, k]; of equals the first ones. */
export const argTopK = (x: Sym, k: number): Sym => apply('ArgTopK', [x], { k });
/** The least of the k · rows largest elements of [rows, width], a scalar. No gradient flows: it is there to compare with. */
export const batchTopK = (x: Sym, k: number): Sym => apply('BatchTopK', [x], { k });
/** The rows of a table, [rows, k], with these numbers, int64 [n]: [n, k]. */
export const gather = (table: Sym, indices: Sym): Sym => apply('Gather', [table, indices], { axis: 0 });
export const exp = (x: Sym): Sym => apply('Exp', [x]);
export const log = (x: Sym): Sym => apply('Log', [x]);
export const sqrt = (x: Sym): Sym => apply('Sqrt', [x]);
export const reciprocal = (x: Sym): Sym => apply('Reciprocal', [x]);
export const erf = (x: Sym): Sym => apply('Erf', [x]);
export const square = (x: Sym): Sym => mul(x, x);

export const sigmoid = (x: Sym): Sym => apply('Sigmoid', [x]);
export const tanh = (x: Sym): Sym => apply('Tanh', [x]);
/** log(1 + eˣ), without overflow. */
export const softplus = (x: Sym): Sym => apply('Softplus', [x]);
export const relu = (x: Sym): Sym => apply('Relu', [x]);
/** x where positive, alpha · x elsewhere. */
export const leakyRelu = (x: Sym, alpha: number): Sym => apply('LeakyRelu', [x], { alpha });
/** x where positive, alpha · (eˣ − 1) elsewhere. */
export const elu = (x: Sym, alpha = 1): Sym => apply('Elu', [x], { alpha });
export const clip = (x: Sym, min: number, max: number): Sym => apply('Clip', [x], { min, max });

export const greater = (a: Operand, b: Operand): Sym => apply('Greater', [symbol(a), symbol(b)]);
export const equal = (a: Operand, b: Operand): Sym => apply('Equal', [symbol(a), symbol(b)]);
export const where = (condition: Sym, a: Operand, b: Operand): Sym =>
  apply('Where', [condition, symbol(a), symbol(b)]);
export const cast = (x: Sym, to: DType): Sym => apply('Cast', [x], { to });
/** 1 where x > 0, else 0, as float32. */
export const positive = (x: Sym): Sym => apply('Step', [x]);

/** Matrix product over the last two dimensions; leading ones broadcast. */
export const matmul = (a: Sym, b: Sym): Sym => apply('MatMul', [a, b]);

/** alpha · op(a) · op(b) + addend, where op transposes if asked. All of rank 2; the addend broadcasts. */
export function gemm(
  a: Sym,
  b: Sym,
  options: { transA?: boolean; transB?: boolean; alpha?: number; addend?: Sym } = {},
): Sym {
  const { transA, transB, alpha = 1, addend } = options;
  return apply('Gemm', addend === undefined ? [a, b] : [a, b, addend], {
    transA: transA ? 1 : 0,
    transB: transB ? 1 : 0,
    ...(alpha === 1 ? {} : { alpha }),
  });
}

export const transpose = (x: Sym, perm: readonly number[]): Sym => apply('Transpose', [x], { perm });

/** Swaps the last two dimensions. */
export function transposeLast(x: Sym): Sym {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

export const reshape = (x: Sym, shape: Shape): Sym =>
  shapesEqual(x.shape, shape) ? x : apply('Reshape', [x], { shape });

/** The sum over some axes; over all of them where none are given (then of shape []). */
export function reduceSum(x: Sym, axes?: readonly number[], keepdims = false): Sym {
  const over = axes ?? x.shape.map((_, axis) => axis);
  return over.length === 0 ? x : apply('ReduceSum', [x], { axes: over, keepdims: keepdims ? 1 : 0 });
}

/** The product over one axis. */
export const reduceProduct = (x: Sym, axis: number): Sym =>
  apply('ReduceProd', [x], { axes: [axis < 0 ? axis + x.shape.length : axis], keepdims: 0 });

/** x repeated to the shape of `like`. */
export const expandLike = (x: Sym, like: Sym): Sym =>
  shapesEqual(x.shape, like.shape) ? x : apply('ExpandLike', [x, like]);

/** Zeros around x: `before` and `after` count them for each axis. */
export const pad = (x: Sym, before: readonly number[], after: readonly number[]): Sym =>
  [...before, ...after].every((n) => n === 0) ? x : apply('Pad', [x], { pads: [...before, ...after] });

/** What to keep of one axis: from `start` to before `end`, every `step`th; negative positions from the end. */
export interface SliceOf {
  axis: number;
  start: number;
  end: number;
  step?: number;
}

/** Part of x along some axes. */
export function slice(x: Sym, parts: readonly SliceOf[]): Sym {
  const kept = parts.filter(
    ({ axis, start, end, step = 1 }) => start !== 0 || end !== x.shape[axis] || step !== 1,
  );
  if (kept.length === 0) return x;
  return apply('Slice', [x], {
    starts: kept.map(({ start }) => start),
    ends: kept.map(({ end }) => end),
    axes: kept.map(({ axis }) => axis),
    steps: kept.map(({ step = 1 }) => step),
  });
}

/** x with the order along some axes reversed. */
export const flip = (x: Sym, axes: readonly number[]): Sym =>
  slice(
    x,
    axes.map((axis) => ({ axis, start: -1, end: -1 - (x.shape[axis] as number), step: -1 })),
  );

/** Tensors side by side along one axis. */
export const concat = (parts: readonly Sym[], axis: number): Sym =>
  parts.length === 1 ? parts[0]! : apply('Concat', parts, { axis });
