/**
 * One gradient rule per operator. A rule gets the result `y`, and `g`, the gradient of a scalar with respect
 * to `y`, and gives the gradient with respect to each operand, or null if it has no gradient. Gradients are
 * symbols again, so that a rule is itself differentiable.
 *
 * `g` may still lack dimensions it would only repeat along (the gradient of a sum is one number for all):
 * element-by-element rules need not care, the others ask for `full(g, y)`.
 */
import {
  add,
  cast,
  constant,
  type Dim,
  div,
  equal,
  exp,
  expandLike,
  gemm,
  matmul,
  mul,
  neg,
  type OperatorName,
  positive,
  reduceSum,
  reshape,
  type Shape,
  type Sym,
  scalarValue,
  sigmoid,
  sign,
  square,
  sub,
  transpose,
  transposeLast,
  twiceNormalCdf,
  where,
} from '../graph/index.ts';
import { concatGradient, padGradient, sliceGradient } from './arrangement.ts';
import {
  averagePoolGradient,
  convGradient,
  convTransposeGradient,
  maxPoolGradient,
  resizeGradient,
} from './convolution.ts';
import type { GradientRule } from './rule.ts';

const full = expandLike;

/** A scalar gradient is the same number for every element: rearranging the elements leaves it as it is. */
const rearranged = (g: Sym, y: Sym, rearrange: (full: Sym) => Sym): Sym =>
  g.shape.length === 0 ? g : rearrange(full(g, y));

/** Sums `g`, the gradient of the broadcast result `y`, back to the shape of the operand `x`. */
function unbroadcast(g: Sym, y: Sym, x: Sym): Sym {
  const lead = y.shape.length - x.shape.length;
  const repeated = y.shape.flatMap((dim, axis) =>
    axis < lead || (x.shape[axis - lead] === 1 && dim !== 1) ? [axis] : [],
  );
  if (repeated.length === 0) return g;
  // Leading dimensions go by the sum itself; only where it keeps others as 1 do they need a reshape.
  if (repeated.length === lead) return reduceSum(full(g, y), repeated);
  return reshape(reduceSum(full(g, y), repeated, true), x.shape);
}

/** For y = f(x) element by element: g · f'(x), where the derivative may use x and y. */
function elementwise(derivative: (x: Sym, y: Sym) => Sym): GradientRule {
  return (y, g) => [mul(g, derivative(y.inputs[0]!, y))];
}

/** The gradient of one number per row, [N], next to rows: [N, 1]; or one for all. */
const asColumn = (g: Sym): Sym => (g.shape.length === 0 ? g : reshape(g, [g.shape[0]!, 1]));

/** x as another symbol times a number: what a product can take into itself for nothing. */
function factored(x: Sym): [rest: Sym, factor: number] {
  const [a, b] = x.inputs as [Sym, Sym];
  const factor = x.op === 'Mul' ? scalarValue(b) : undefined;
  return factor === undefined ? [x, 1] : [a, factor];
}

/** Σ of the rows of `g` that go to each row of a table of a fixed number of rows. */
function rowSums(g: Sym, indices: Sym, table: Sym): Sym {
  const [rows] = table.shape;
  if (typeof rows !== 'number') throw new RangeError('Gather: no gradient by a table of any number of rows');
  const numbers = reshape(cast(indices, 'float32'), [indices.shape[0]!, 1]);
  const chosen = cast(equal(numbers, constant([...new Array(rows).keys()], [rows])), 'float32');
  return gemm(chosen, g, { transA: true });
}

const none: GradientRule = (y) => y.inputs.map(() => null);

const number = (y: Sym, attribute: string): number => y.attributes[attribute] as number;

/** The slope of a function that is linear on both sides of 0: 1 where x > 0, `alpha` elsewhere. */
const twoSlopes = (x: Sym, alpha: number): Sym => add(mul(positive(x), 1 - alpha), alpha);

export const GRADIENT_RULES: Readonly<Record<OperatorName, GradientRule>> = {
  Add: (y, g) => y.inputs.map((x) => unbroadcast(g, y, x)),
  Sub: (y, g) => [unbroadcast(g, y, y.inputs[0]!), unbroadcast(neg(g), y, y.inputs[1]!)],
  Mul: (y, g) => {
    const [a, b] = y.inputs as [Sym, Sym];
    if (a === b) return [mul(g, mul(a, 2)), null];
    return [unbroadcast(mul(g, b), y, a), unbroadcast(mul(g, a), y, b)];
  },
  Div: (y, g) => {
    const [a, b] = y.inputs as [Sym, Sym];
    return [unbroadcast(div(g, b), y, a), unbroadcast(neg(div(mul(g, y), b)), y, b)];
  },
  Greater: none,
  Equal: none,
  // Rounding has no slope, but a float that stays one has 1.
  Cast: (y, g) => [y.dtype === 'float32' && y.inputs[0]!.dtype === 'float32' ? g : null],
  Where: (y, g) => {
    const [condition, a, b] = y.inputs as [Sym, Sym, Sym];
    return [null, unbroadcast(where(condition, g, 0), y, a), unbroadcast(where(condition, 0, g), y, b)];
  },
  Neg: (_, g) => [neg(g)],
  // Sub-gradient 0 at 0, as everybody's.
  Abs: elementwise((x) => sign(x)),
  Sign: none,
  Step: none,
  Round: none,
  StopGradient: none,
  ArgMin: none,
  ArgTopK: none,
  BatchTopK: none,
  // Each place of the result is one of the row. What is as large as it is taken for it.
  TopK: (y, gradient) => {
    const x = y.inputs[0]!;
    const [rows, width] = x.shape as [Dim, number];
    const count = y.shape[1] as number;
    const isIt = cast(equal(reshape(x, [rows, width, 1]), reshape(y, [rows, 1, count])), 'float32');
    return [reshape(matmul(isIt, reshape(full(gradient, y), [rows, count, 1])), x.shape)];
  },
  // Each row of the table has the sum of what it was taken for.
  Gather: (y, gradient) => {
    const [table, indices] = y.inputs as [Sym, Sym];
    return [rowSums(full(gradient, y), indices, table), null];
  },
  Exp: elementwise((_, y) => y),
  Log: (y, g) => [div(g, y.inputs[0]!)],
  Sqrt: (y, g) => [div(mul(g, 0.5), y)],
  Reciprocal: elementwise((_, y) => neg(square(y))),
  Erf: elementwise((x) => mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
  Sigmoid: elementwise((_, y) => mul(y, sub(1, y))),
  Tanh: elementwise((_, y) => sub(1, square(y))),
  Softplus: elementwise((x) => sigmoid(x)),
  // The mask comes from y ≥ 0, not from x: then a runtime can fuse the product before with the ReLU.
  Relu: elementwise((_, y) => positive(y)),
  LeakyRelu: elementwise((x, y) => twoSlopes(x, number(y, 'alpha'))),
  // For x ≤ 0 the slope is alpha · eˣ = y + alpha.
  Elu: elementwise((x, y) => {
    const up = positive(x);
    return add(up, mul(sub(1, up), add(y, number(y, 'alpha'))));
  }),
  // 1 strictly inside the bounds: there both factors are 1.
  Clip: elementwise((_, y) => mul(positive(sub(y, number(y, 'min'))), positive(sub(number(y, 'max'), y)))),
  // Φ(x) + x φ(x), with φ(x) = exp(−x²/2) / √(2π).
  Gelu: (y, g) => {
    const x = y.inputs[0]!;
    const twiceDensity = exp(sub(Math.log(2 / Math.sqrt(2 * Math.PI)), square(mul(x, Math.SQRT1_2))));
    return [mul(mul(g, add(twiceNormalCdf(x), mul(x, twiceDensity))), 0.5)];
  },
  // A result above 0 has been kept: then the mask need not be looked at again.
  ReluDropout: (y, g) => [mul(mul(g, positive(y)), number(y, 'keep')), null],
  BinaryCrossEntropy: (y, gradient) => {
    const [z, t] = y.inputs as [Sym, Sym];
    const g = asColumn(gradient);
    return [mul(g, sub(sigmoid(z), t)), unbroadcast(mul(g, neg(z)), z, t)];
  },
  // As G is symmetric, a enters twice in the same way, and one product serves both.
  QuadraticForm: (y, gradient) => {
    const [a, symmetric] = y.inputs as [Sym, Sym];
    const g = asColumn(gradient);
    const outer = (left: Sym) => gemm(left, a, { transA: true });
    return [mul(mul(g, 2), gemm(a, symmetric)), g.shape.length === 0 ? mul(g, outer(a)) : outer(mul(g, a))];
  },
  MatMul: (y, gradient) => {
    const [a, b] = y.inputs as [Sym, Sym];
    const g = full(gradient, y);
    const da = matmul(g, transposeLast(b));
    const db = matmul(transposeLast(a), g);
    return [unbroadcast(da, da, a), unbroadcast(db, db, b)];
  },
  Gemm: (y, gradient) => {
    const [a, b, c] = y.inputs as [Sym, Sym, Sym?];
    const [g, factor] = factored(full(gradient, y));
    const transA = y.attributes.transA === 1;
    const transB = y.attributes.transB === 1;
    const alpha = factor * ((y.attributes.alpha as number | undefined) ?? 1);
    // For aᵀa and aaᵀ both parts are products with a, and so is their sum.
    if (a === b && c === undefined && transA !== transB) {
      const both = add(g, transpose(g, [1, 0]));
      return [transA ? gemm(a, both, { alpha }) : gemm(both, a, { alpha }), null];
    }
    const da = transA
      ? gemm(b, g, { transA: transB, transB: true, alpha })
      : gemm(g, b, { transB: !transB, alpha });
    const db = transB
      ? gemm(g, a, { transA: true, transB: transA, alpha })
      : gemm(a, g, { transA: !transA, alpha });
    return c === undefined ? [da, db] : [da, db, mul(unbroadcast(g, y, c), factor)];
  },
  Transpose: (y, g) => {
    const perm = y.attributes.perm as readonly number[];
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    return [rearranged(g, y, (all) => transpose(all, inverse))];
  },
  Reshape: (y, g) => [rearranged(g, y, (all) => reshape(all, y.inputs[0]!.shape))],
  ReduceSum: (y, g) => {
    // g repeats along the reduced axes: as sizes of 1, or not at all where they lead.
    if (y.attributes.keepdims === 1) return [g];
    const x = y.inputs[0]!;
    const axes = y.attributes.axes as readonly number[];
    const reduced = x.shape.map((_, axis) => axes.includes(axis) || axes.includes(axis - x.shape.length));
    const ones: Shape = x.shape.map((dim, axis) => (reduced[axis] ? 1 : dim));
    return [rearranged(g, y, (all) => reshape(all, ones.slice(reduced.indexOf(false))))];
  },
  ReduceProd: (y, gradient) => {
    const x = y.inputs[0]!;
    const axes = y.attributes.axes as readonly number[];
    const ones = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    return [div(reshape(mul(full(gradient, y), y), ones), x)];
  },
  ExpandLike: (y, g) => [unbroadcast(g, y, y.inputs[0]!), null],
  Pad: padGradient,
  Slice: sliceGradient,
  Concat: concatGradient,
  Conv: convGradient,
  ConvTranspose: convTransposeGradient,
  MaxPool: maxPoolGradient,
  AveragePool: averagePoolGradient,
  Resize: resizeGradient,
};
