/**
 * Constructors of symbols, one per operator and a few common compositions. Each checks its operands at once:
 * a bad graph fails here, with the operator, the shapes and the rule, and never inside a runtime.
 */
import { HourglassError } from "../errors.js";
import { OPERATORS, Violation } from "./operators.js";
import { formatShape, shapesEqual } from "./shape.js";
import { constant, scalarValue, scopeName } from "./symbol.js";
/** Applies an operator. Prefer the named constructors below. */
export function apply(op, inputs, attributes = {}) {
    const { operands, infer } = OPERATORS[op];
    const [least, most] = typeof operands === 'number' ? [operands, operands] : operands;
    const result = inputs.length < least || inputs.length > most
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
function symbol(x) {
    return typeof x === 'number' ? constant(x) : x;
}
/** Whether an operation with a neutral number may be left out: not where the types would not fit. */
const isFloat = (x) => typeof x === 'number' || x.dtype === 'float32';
export function add(a, b) {
    if (a === 0 && isFloat(b))
        return symbol(b);
    if (b === 0 && isFloat(a))
        return symbol(a);
    return apply('Add', [symbol(a), symbol(b)]);
}
export function sub(a, b) {
    return b === 0 && isFloat(a) ? symbol(a) : apply('Sub', [symbol(a), symbol(b)]);
}
/** a · b, element by element. Scalar constants fold, so that a chain of scalings costs one pass. */
export function mul(a, b) {
    const [p, q] = [symbol(a), symbol(b)];
    const [u, v] = [scalarValue(p), scalarValue(q)];
    if (u !== undefined && v !== undefined)
        return constant(u * v);
    if (u === 1 && isFloat(q))
        return q;
    if (v === 1 && isFloat(p))
        return p;
    return apply('Mul', [p, q]);
}
export function div(a, b) {
    return b === 1 && isFloat(a) ? symbol(a) : apply('Div', [symbol(a), symbol(b)]);
}
export const neg = (x) => apply('Neg', [x]);
export const abs = (x) => apply('Abs', [x]);
/** -1, 0 or 1. */
export const sign = (x) => apply('Sign', [x]);
export const exp = (x) => apply('Exp', [x]);
export const log = (x) => apply('Log', [x]);
export const sqrt = (x) => apply('Sqrt', [x]);
export const reciprocal = (x) => apply('Reciprocal', [x]);
export const erf = (x) => apply('Erf', [x]);
export const square = (x) => mul(x, x);
export const sigmoid = (x) => apply('Sigmoid', [x]);
export const tanh = (x) => apply('Tanh', [x]);
/** log(1 + eˣ), without overflow. */
export const softplus = (x) => apply('Softplus', [x]);
export const relu = (x) => apply('Relu', [x]);
/** x where positive, alpha · x elsewhere. */
export const leakyRelu = (x, alpha) => apply('LeakyRelu', [x], { alpha });
/** x where positive, alpha · (eˣ − 1) elsewhere. */
export const elu = (x, alpha = 1) => apply('Elu', [x], { alpha });
export const clip = (x, min, max) => apply('Clip', [x], { min, max });
export const greater = (a, b) => apply('Greater', [symbol(a), symbol(b)]);
export const where = (condition, a, b) => apply('Where', [condition, symbol(a), symbol(b)]);
export const cast = (x, to) => apply('Cast', [x], { to });
/** 1 where x > 0, else 0, as float32. */
export const positive = (x) => cast(greater(x, 0), 'float32');
/** Matrix product over the last two dimensions; leading ones broadcast. */
export const matmul = (a, b) => apply('MatMul', [a, b]);
/** op(a) · op(b) + addend, where op transposes if asked. All of rank 2; the addend broadcasts. */
export function gemm(a, b, options = {}) {
    const inputs = options.addend === undefined ? [a, b] : [a, b, options.addend];
    return apply('Gemm', inputs, { transA: options.transA ? 1 : 0, transB: options.transB ? 1 : 0 });
}
export const transpose = (x, perm) => apply('Transpose', [x], { perm });
/** Swaps the last two dimensions. */
export function transposeLast(x) {
    const axes = x.shape.map((_, axis) => axis);
    return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
export const reshape = (x, shape) => shapesEqual(x.shape, shape) ? x : apply('Reshape', [x], { shape });
/** The sum over some axes; over all of them where none are given (then of shape []). */
export function reduceSum(x, axes, keepdims = false) {
    const over = axes ?? x.shape.map((_, axis) => axis);
    return over.length === 0 ? x : apply('ReduceSum', [x], { axes: over, keepdims: keepdims ? 1 : 0 });
}
/** x repeated to the shape of `like`. */
export const expandLike = (x, like) => shapesEqual(x.shape, like.shape) ? x : apply('ExpandLike', [x, like]);
