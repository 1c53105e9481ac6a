/**
 * A slow interpreter of graphs in float64, with plain loops, written from ONNX's description of each operator
 * (https://onnx.ai/onnx/operators/): what the gradient rules and ONNX Runtime are held against. It knows
 * nothing of the graph's own shape rules, and fails where a result's shape is not the one the symbol declares.
 */
import type { Sym } from '../../src/graph/index.ts';
import { averagePool, convolve, maxPool, transposedConvolve } from './convolution.ts';

/** Row-major; int64 and bool elements are whole numbers, and 0 or 1. */
export interface NdArray {
  shape: readonly number[];
  data: Float64Array;
}

export function ndArray(shape: readonly number[], values: ArrayLike<number>): NdArray {
  if (values.length !== count(shape)) throw new Error(`${values.length} values do not fill [${shape}]`);
  return { shape, data: Float64Array.from(values) };
}

/** The values of `outputs` where every input symbol has the value in `feeds`. */
export function evaluate(outputs: readonly Sym[], feeds: ReadonlyMap<Sym, NdArray>): NdArray[] {
  const values = new Map<Sym, NdArray>();
  const dims = new Map<string, number>();
  for (const [symbol, value] of feeds) check(symbol, value, dims);
  const waiting = [...outputs].reverse();
  while (waiting.length > 0) {
    const symbol = waiting.at(-1)!;
    const missing = values.has(symbol) ? [] : symbol.inputs.filter((operand) => !values.has(operand));
    if (missing.length > 0) {
      waiting.push(...missing);
      continue;
    }
    waiting.pop();
    if (values.has(symbol)) continue;
    const value = compute(
      symbol,
      symbol.inputs.map((operand) => values.get(operand)!),
      feeds,
    );
    check(symbol, value, dims);
    values.set(symbol, value);
  }
  return outputs.map((symbol) => values.get(symbol)!);
}

/** Holds a value's shape against the declared one; a symbolic dimension has one size in the whole graph. */
function check(symbol: Sym, value: NdArray, dims: Map<string, number>): void {
  const fail = (why: string) => {
    throw new Error(`${symbol.op} declares [${symbol.shape}] but its value is [${value.shape}]: ${why}`);
  };
  if (value.data.length !== count(value.shape)) fail('elements missing');
  if (symbol.shape.length !== value.shape.length) fail('rank');
  for (const [axis, dim] of symbol.shape.entries()) {
    const size = value.shape[axis]!;
    const known = typeof dim === 'number' ? dim : (dims.get(dim) ?? size);
    if (known !== size) fail(`axis ${axis}`);
    if (typeof dim === 'string') dims.set(dim, size);
  }
  if (symbol.dtype === 'bool' && value.data.some((x) => x !== 0 && x !== 1)) fail('not bool');
  if (symbol.dtype === 'int64' && value.data.some((x) => !Number.isInteger(x))) fail('not int64');
}

function compute(symbol: Sym, operands: readonly NdArray[], feeds: ReadonlyMap<Sym, NdArray>): NdArray {
  const fed = feeds.get(symbol);
  if (fed !== undefined) return fed;
  if (symbol.op === 'Constant') return ndArray(symbol.shape as number[], symbol.values!);
  const operator = INTERPRETERS[symbol.op];
  if (operator === undefined) throw new Error(`${symbol.op} '${symbol.scope}' has no value`);
  return operator(operands, symbol.attributes as unknown as Numbers, symbol);
}

/** Attributes as most operators have them; lists are cast where they are read. */
type Numbers = Readonly<Record<string, number | string>> & Readonly<Record<'alpha' | 'min' | 'max', number>>;

type Interpreter = (operands: readonly NdArray[], attributes: Numbers, symbol: Sym) => NdArray;

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The position along each axis of element number `n`. */
function unravel(n: number, shape: readonly number[]): number[] {
  const index: number[] = new Array(shape.length);
  let rest = n;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

function ravel(index: readonly number[], shape: readonly number[]): number {
  let n = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (!(index[axis]! >= 0 && index[axis]! < shape[axis]!))
      throw new Error(`[${index}] is outside [${shape}]`);
    n = n * shape[axis]! + index[axis]!;
  }
  return n;
}

/** A new array whose elements are a function of their positions. */
function fill(shape: readonly number[], element: (index: number[]) => number): NdArray {
  const data = new Float64Array(count(shape));
  for (let n = 0; n < data.length; n++) data[n] = element(unravel(n, shape));
  return { shape, data };
}

/** ONNX's "multidirectional broadcasting". */
function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) =>
      axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]!,
    );
    const size = sizes.find((s) => s !== 1) ?? 1;
    if (sizes.some((s) => s !== 1 && s !== size)) throw new Error(`${shapes.join(' | ')} do not broadcast`);
    return size;
  });
}

/** The element that stands at `index` once x is broadcast. */
function at(x: NdArray, index: readonly number[]): number {
  const tail = index.slice(index.length - x.shape.length);
  return x.data[
    ravel(
      tail.map((position, axis) => (x.shape[axis] === 1 ? 0 : position)),
      x.shape,
    )
  ]!;
}

const elementwise =
  (f: (...x: number[]) => number): Interpreter =>
  (operands) =>
    fill(broadcast(...operands.map((x) => x.shape)), (index) => f(...operands.map((x) => at(x, index))));

/** Of integers as in C: towards zero. */
const divide: Interpreter = (operands, attributes, symbol) =>
  elementwise(symbol.dtype === 'int64' ? (a, b) => Math.trunc(a! / b!) : (a, b) => a! / b!)(
    operands,
    attributes,
    symbol,
  );

const multiply: Interpreter = ([a, b]) => {
  const [rows, inner] = a!.shape.slice(-2) as [number, number];
  const [innerB, columns] = b!.shape.slice(-2) as [number, number];
  if (inner !== innerB) throw new Error('inner dimensions');
  const batch = broadcast(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  return fill([...batch, rows, columns], (index) => {
    const lead = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    const matrix = (x: NdArray) => lead.slice(lead.length - x.shape.length + 2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      // Not `at`: along the matrix axes nothing broadcasts, but a size of 1 has only position 0 anyway.
      sum += at(a!, [...matrix(a!), i, k]) * at(b!, [...matrix(b!), k, j]);
    }
    return sum;
  });
};

const flip = (x: NdArray): NdArray => fill([x.shape[1]!, x.shape[0]!], ([i, j]) => at(x, [j!, i!]));

/** erf by its Taylor series near 0 and a continued fraction further out: to full double precision. */
function erf(x: number): number {
  const t = Math.abs(x);
  if (t > 6) return Math.sign(x);
  if (t < 2.5) {
    let term = t;
    let sum = t;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
      term *= (-t * t) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = t;
  for (let k = 120; k >= 1; k--) fraction = t + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-t * t) / (fraction * Math.sqrt(Math.PI)));
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The columns of a row, the largest value first, and of equals the first one. */
const ranked = (x: NdArray, row: number): number[] =>
  [...new Array(x.shape[1]!).keys()].sort((i, j) => at(x, [row, j]) - at(x, [row, i]) || i - j);

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  Add: elementwise((a, b) => a! + b!),
  Sub: elementwise((a, b) => a! - b!),
  Mul: elementwise((a, b) => a! * b!),
  Div: divide,
  Greater: elementwise((a, b) => (a! > b! ? 1 : 0)),
  Equal: elementwise((a, b) => (a! === b! ? 1 : 0)),
  Where: elementwise((condition, a, b) => (condition === 1 ? a! : b!)),
  Cast: ([x], { to }) =>
    fill(x!.shape, (index) => {
      const value = at(x!, index);
      if (to === 'bool') return value === 0 ? 0 : 1;
      return to === 'int64' ? Math.trunc(value) : value;
    }),
  Neg: elementwise((x) => -x!),
  Abs: elementwise((x) => Math.abs(x!)),
  Sign: elementwise((x) => Math.sign(x!)),
  Round: elementwise((x) => {
    const whole = Math.round(x!);
    return Math.abs(x! % 1) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
  }),
  StopGradient: elementwise((x) => x!),
  ArgMin: ([x], { axis }) =>
    fill(x!.shape.toSpliced(axis as number, 1), (index) => {
      const values = Array.from({ length: x!.shape[axis as number]! }, (_, i) =>
        at(x!, index.toSpliced(axis as number, 0, i)),
      );
      return values.indexOf(Math.min(...values));
    }),
  TopK: ([x], { k }) =>
    fill([x!.shape[0]!, k as number], ([row, rank]) => at(x!, [row!, ranked(x!, row!)[rank!]!])),
  ArgTopK: ([x], { k }) => fill([x!.shape[0]!, k as number], ([row, rank]) => ranked(x!, row!)[rank!]!),
  BatchTopK: ([x], { k }) =>
    fill([], () => [...x!.data].sort((a, b) => b - a)[(k as number) * x!.shape[0]! - 1]!),
  Gather: ([table, numbers]) =>
    fill([numbers!.shape[0]!, table!.shape[1]!], ([row, column]) =>
      at(table!, [at(numbers!, [row!]), column!]),
    ),
  Step: elementwise((x) => (x! > 0 ? 1 : 0)),
  Exp: elementwise((x) => Math.exp(x!)),
  Log: elementwise((x) => Math.log(x!)),
  Sqrt: elementwise((x) => Math.sqrt(x!)),
  Reciprocal: elementwise((x) => 1 / x!),
  Erf: elementwise((x) => erf(x!)),
  Sigmoid: elementwise((x) => 1 / (1 + Math.exp(-x!))),
  Tanh: elementwise((x) => Math.tanh(x!)),
  Softplus: elementwise((x) => softplus(x!)),
  Relu: elementwise((x) => Math.max(x!, 0)),
  LeakyRelu: (x, a, y) => elementwise((v) => (v! >= 0 ? v! : a.alpha * v!))(x, a, y),
  Elu: (x, a, y) => elementwise((v) => (v! > 0 ? v! : a.alpha * Math.expm1(v!)))(x, a, y),
  Clip: (x, a, y) => elementwise((v) => Math.min(a.max, Math.max(a.min, v!)))(x, a, y),
  Gelu: elementwise((x) => (x! / 2) * (1 + erf(x! / Math.SQRT2))),
  ReluDropout: elementwise((x, mask) => Math.max(x!, 0) * mask!),
  BinaryCrossEntropy: ([z, t]) =>
    fill([z!.shape[0]!], ([row]) => {
      let sum = 0;
      for (let k = 0; k < z!.shape[1]!; k++) {
        const logit = at(z!, [row!, k]);
        sum += softplus(logit) - at(t!, [row!, k]) * logit;
      }
      return sum;
    }),
  QuadraticForm: ([a, g]) =>
    fill([a!.shape[0]!], ([row]) => {
      let sum = 0;
      for (let i = 0; i < g!.shape[0]!; i++) {
        for (let j = 0; j < g!.shape[1]!; j++) sum += at(a!, [row!, i]) * at(g!, [i, j]) * at(a!, [row!, j]);
      }
      return sum;
    }),
  MatMul: multiply,
  Gemm: ([a, b, c], attributes, y) => {
    const { transA, transB } = attributes;
    if (a!.shape.length !== 2 || b!.shape.length !== 2) throw new Error('Gemm is of rank 2');
    const product = multiply([transA ? flip(a!) : a!, transB ? flip(b!) : b!], attributes, y);
    const alpha = attributes.alpha ?? 1;
    // Unidirectional: the addend may not widen the product.
    return fill(product.shape, (index) => alpha * at(product, index) + (c === undefined ? 0 : at(c, index)));
  },
  Transpose: ([x], attributes) => {
    const perm = attributes.perm as unknown as readonly number[];
    return fill(
      perm.map((axis) => x!.shape[axis]!),
      (index) => {
        const source: number[] = [];
        for (const [position, axis] of perm.entries()) source[axis] = index[position]!;
        return at(x!, source);
      },
    );
  },
  Reshape: ([x], attributes, symbol) => {
    const names = symbol.inputs[0]!.shape;
    const target = attributes.shape as unknown as readonly (number | string)[];
    // A multiple of a symbolic dimension, or one out of a multiple: what the other dimensions leave.
    const sizes = target.map((dim) => (typeof dim === 'number' ? dim : x!.shape[names.indexOf(dim)]));
    const others = sizes.reduce<number>((product, size) => product * (size ?? 1), 1);
    const shape = sizes.map((size) => size ?? x!.data.length / others);
    return { shape, data: x!.data };
  },
  ReduceSum: ([x], attributes) => {
    const rank = x!.shape.length;
    const axes = (attributes.axes as unknown as readonly number[]).map((axis) =>
      axis < 0 ? axis + rank : axis,
    );
    const kept = x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const sums = fill(kept, () => 0);
    for (let n = 0; n < x!.data.length; n++) {
      const index = unravel(n, x!.shape).map((position, axis) => (axes.includes(axis) ? 0 : position));
      sums.data[ravel(index, kept)]! += x!.data[n]!;
    }
    const shape = attributes.keepdims === 1 ? kept : kept.filter((_, axis) => !axes.includes(axis));
    return { shape, data: sums.data };
  },
  ReduceProd: ([x], attributes) => {
    const [axis] = attributes.axes as unknown as readonly [number];
    const size = x!.shape[axis]!;
    return fill(x!.shape.toSpliced(axis, 1), (index) =>
      Array.from({ length: size }, (_, i) => at(x!, index.toSpliced(axis, 0, i))).reduce((a, b) => a * b, 1),
    );
  },
  ExpandLike: ([x, like]) => fill(broadcast(x!.shape, like!.shape), (index) => at(x!, index)),
  Pad: ([x], { pads }) => {
    const rank = x!.shape.length;
    const around = pads as unknown as readonly number[];
    const shape = x!.shape.map((size, axis) => size + around[axis]! + around[axis + rank]!);
    return fill(shape, (index) => {
      const source = index.map((position, axis) => position - around[axis]!);
      return source.every((position, axis) => position >= 0 && position < x!.shape[axis]!)
        ? at(x!, source)
        : 0;
    });
  },
  Slice: ([x], attributes) => {
    const { starts, ends, axes, steps } = attributes as unknown as Record<string, readonly number[]>;
    const kept = x!.shape.map((size) => [...new Array(size).keys()]);
    for (const [i, axis] of axes!.entries()) {
      const size = x!.shape[axis]!;
      const step = steps![i]!;
      const [start, end] = [starts![i]!, ends![i]!].map((p) => (p < 0 ? p + size : p)) as [number, number];
      const positions: number[] = [];
      // Starts out of range move to the nearest position, ends to just outside.
      if (step > 0) for (let p = Math.max(0, start); p < Math.min(end, size); p += step) positions.push(p);
      else {
        const first = Math.min(size - 1, Math.max(0, start));
        for (let p = first; p > Math.max(end, -1); p += step) positions.push(p);
      }
      kept[axis] = positions;
    }
    return fill(
      kept.map((positions) => positions.length),
      (index) =>
        at(
          x!,
          index.map((position, axis) => kept[axis]![position]!),
        ),
    );
  },
  Concat: (parts, attributes) => {
    const axis = attributes.axis as number;
    const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, x) => sum + x.shape[axis]!, 0));
    return fill(parts[0]!.shape.with(axis, ends.at(-1)!), (index) => {
      const i = ends.findIndex((end) => index[axis]! < end);
      const part = parts[i]!;
      return at(part, index.with(axis, index[axis]! - (ends[i]! - part.shape[axis]!)));
    });
  },
  Conv: ([x, w, bias], attributes) => convolve(x!, w!, bias, settings(attributes)),
  ConvTranspose: ([x, w, bias], attributes) => transposedConvolve(x!, w!, bias, settings(attributes)),
  MaxPool: ([x], { kernel_shape }) => maxPool(x!, kernel_shape as unknown as readonly [number, number]),
  AveragePool: ([x], { kernel_shape }) =>
    averagePool(x!, kernel_shape as unknown as readonly [number, number]),
  Resize: ([x], { factors }) => {
    const all = [1, 1, ...(factors as unknown as readonly number[])];
    return fill(
      x!.shape.map((size, axis) => size * all[axis]!),
      (index) =>
        at(
          x!,
          index.map((position, axis) => Math.floor(position / all[axis]!)),
        ),
    );
  },
};

function settings(attributes: Readonly<Record<string, unknown>>) {
  const { strides, pads, output_padding: more } = attributes as Record<string, readonly number[]>;
  return { strides: strides!, pads: pads!, outputPadding: more ?? [0, 0] };
}
