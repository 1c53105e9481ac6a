/**
 * Nodes of ONNX back to symbols: for each operator that encode.ts writes, the settings it may have and the
 * constructor it came from. What is not in the tables is refused.
 */

import { HourglassError } from '../errors.ts';
import {
  apply,
  type Dim,
  type DType,
  formatShape,
  input,
  type OperatorName,
  reshape,
  type Shape,
  type Sym,
  sizeOfOne,
  times,
} from '../graph/index.ts';
import type { NodeDescription } from './decode.ts';
import { LARGEST, NEAREST } from './encode.ts';

/** What is unlike anything that hourglass writes. */
export class Unlike extends Error {}

/** What a name stands for. Initialisers have values; the result of a Shape is nothing but another's shape. */
type Value =
  | { kind: 'input' | 'result'; symbol: Sym }
  | { kind: 'floats'; symbol: Sym; values: Float32Array; checked: boolean }
  | { kind: 'integers'; shape: readonly number[]; values: readonly number[] }
  | { kind: 'shape'; of: Sym };

/** All names of a graph, each given once and before it is used. */
export class Names {
  private readonly values = new Map<string, Value>();
  private readonly left = new Set<string>();

  defineInput(name: string, shape: Shape, dtype: DType): void {
    this.define(name, { kind: 'input', symbol: leaf(name, shape, dtype) });
    // A model need not look at all it is given.
    this.left.delete(name);
  }

  defineFloats(name: string, shape: readonly number[], values: Float32Array): void {
    this.define(name, { kind: 'floats', symbol: leaf(name, shape, 'float32'), values, checked: false });
  }

  defineIntegers(name: string, shape: readonly number[], values: readonly number[]): void {
    this.define(name, { kind: 'integers', shape, values });
  }

  define(name: string, value: Value): void {
    if (this.values.has(name)) throw new Unlike(`two things have the name '${name}'`);
    this.values.set(name, value);
    this.left.add(name);
  }

  /** A second result, which nothing needs to use. */
  defineAside(name: string, value: Value): void {
    this.define(name, value);
    this.left.delete(name);
  }

  private use(name: string): Value {
    const value = this.values.get(name);
    if (value === undefined) throw new Unlike(`'${name}' is used before anything gives it`);
    this.left.delete(name);
    return value;
  }

  /** A tensor to compute with. */
  tensor(name: string): Sym {
    const value = this.use(name);
    if (value.kind === 'floats' && !value.checked) {
      for (const number of value.values) {
        if (!Number.isFinite(number)) throw new Unlike(`'${name}' holds ${number}: weights must be finite`);
      }
      value.checked = true;
    }
    if ('symbol' in value) return value.symbol;
    throw new Unlike(`'${name}' is not a tensor to compute with`);
  }

  /** A setting that ONNX takes as an input: a list of whole numbers. */
  integers(name: string): readonly number[] {
    const value = this.use(name);
    if (value.kind !== 'integers' || value.shape.length !== 1) {
      throw new Unlike(`'${name}' must be a list of whole numbers within the model`);
    }
    if (!value.values.every(Number.isSafeInteger)) throw new Unlike(`'${name}' holds too large a number`);
    return value.values;
  }

  /** A setting that ONNX takes as an input: a given count of numbers, not a shape. */
  floats(name: string, shape: readonly number[]): number[] {
    const value = this.use(name);
    if (value.kind !== 'floats' || String(value.symbol.shape) !== String(shape)) {
      throw new Unlike(`'${name}' must be float32${formatShape(shape)} within the model`);
    }
    return [...value.values];
  }

  shapeOf(name: string): Sym {
    const value = this.use(name);
    if (value.kind !== 'shape') throw new Unlike(`'${name}' must be the shape of a tensor`);
    return value.of;
  }

  output(name: string): Sym {
    const value = this.use(name);
    if (value.kind !== 'result') throw new Unlike(`output '${name}' must be the result of a node`);
    return value.symbol;
  }

  /** What was defined and never used. */
  unused(): Iterable<string> {
    return this.left;
  }
}

function leaf(name: string, shape: Shape, dtype: DType): Sym {
  try {
    return input(name, shape, dtype);
  } catch (error) {
    throw unlike(error);
  }
}

const unlike = (error: unknown): unknown =>
  error instanceof HourglassError ? new Unlike(`${error.parts.subject}: ${error.parts.rule}`) : error;

/** A `factor` is a float, and may be left out where it is 1. */
type AttributeType = 'int' | 'flag' | 'float' | 'factor' | 'ints' | 'dtype';

/** Operators that are written as they are, with the attributes they have. */
const PLAIN: Readonly<Partial<Record<OperatorName, Readonly<Record<string, AttributeType>>>>> = {
  Add: {},
  Sub: {},
  Mul: {},
  Div: {},
  Greater: {},
  Equal: {},
  Where: {},
  Cast: { to: 'dtype' },
  Neg: {},
  Abs: {},
  Round: {},
  Exp: {},
  Log: {},
  Sqrt: {},
  Reciprocal: {},
  Erf: {},
  Sigmoid: {},
  Tanh: {},
  Softplus: {},
  Relu: {},
  LeakyRelu: { alpha: 'float' },
  Elu: { alpha: 'float' },
  MatMul: {},
  Gemm: { transA: 'flag', transB: 'flag', alpha: 'factor' },
  Transpose: { perm: 'ints' },
  Concat: { axis: 'int' },
  ArgMin: { axis: 'int', keepdims: 'flag' },
  Gather: { axis: 'int' },
  Conv: { strides: 'ints', pads: 'ints' },
  ConvTranspose: { strides: 'ints', pads: 'ints', output_padding: 'ints' },
  MaxPool: { kernel_shape: 'ints', strides: 'ints' },
  AveragePool: { kernel_shape: 'ints', strides: 'ints' },
};

/** Those that take settings as inputs, or stand for another: the fewest and most inputs, and what they become. */
const OTHERS: Readonly<
  Record<string, { inputs: number; attributes?: Readonly<Record<string, AttributeType>>; build: Build }>
> = {
  Identity: { inputs: 1, build: ([x], names) => names.tensor(x!) },
  Reshape: {
    inputs: 2,
    build: ([x, target], names) => reshaped(names.tensor(x!), names.integers(target!)),
  },
  Squeeze: {
    inputs: 2,
    build: ([name, axes], names) => {
      const x = names.tensor(name!);
      const gone = names.integers(axes!);
      if (!gone.every((axis) => x.shape[axis] === 1)) throw new Unlike('squeezed dimensions must be 1');
      return reshape(
        x,
        x.shape.filter((_, axis) => !gone.includes(axis)),
      );
    },
  },
  Unsqueeze: {
    inputs: 2,
    build: ([name, axes], names) => {
      const x = names.tensor(name!);
      const shape: Dim[] = [...x.shape];
      let last = -1;
      for (const axis of names.integers(axes!)) {
        if (axis <= last || axis > shape.length) throw new Unlike('the axes must rise and fit');
        shape.splice(axis, 0, 1);
        last = axis;
      }
      return reshape(x, shape);
    },
  },
  Expand: {
    inputs: 2,
    build: ([x, shape], names) => apply('ExpandLike', [names.tensor(x!), names.shapeOf(shape!)]),
  },
  Clip: {
    inputs: 3,
    build: ([x, min, max], names) =>
      apply('Clip', [names.tensor(x!)], { min: names.floats(min!, [])[0]!, max: names.floats(max!, [])[0]! }),
  },
  HardSigmoid: {
    inputs: 1,
    attributes: { alpha: 'float', beta: 'float' },
    build: ([x], names) => apply('Step', [names.tensor(x!)]),
  },
  ReduceSum: {
    inputs: 2,
    attributes: { keepdims: 'flag' },
    build: ([x, axes], names, attributes) =>
      apply('ReduceSum', [names.tensor(x!)], { ...attributes, axes: names.integers(axes!) }),
  },
  ReduceProd: {
    inputs: 2,
    attributes: { keepdims: 'flag' },
    build: ([x, axes], names, attributes) =>
      apply('ReduceProd', [names.tensor(x!)], { ...attributes, axes: names.integers(axes!) }),
  },
  Pad: {
    inputs: 2,
    build: ([x, pads], names) => apply('Pad', [names.tensor(x!)], { pads: names.integers(pads!) }),
  },
  Slice: {
    inputs: 5,
    build: ([x, starts, ends, axes, steps], names) =>
      apply('Slice', [names.tensor(x!)], {
        starts: names.integers(starts!),
        ends: names.integers(ends!),
        axes: names.integers(axes!),
        steps: names.integers(steps!),
      }),
  },
};

type Build = (inputs: readonly string[], names: Names, attributes: Settings) => Sym;
type Settings = Record<string, number | number[] | string>;

/**
 * Builds what a node stands for and gives it its name; null if that is a shape and not a tensor.
 * @throws Unlike if hourglass would not have written it so.
 */
export function buildNode(node: NodeDescription, names: Names): Sym | null {
  if (node.domain !== '') throw fault(node, `its domain is '${node.domain}'`);
  if (node.op === 'TopK') return largest(node, names);
  const [result, ...more] = node.outputs;
  if (result === undefined || more.length > 0) throw fault(node, 'it must have one result');
  try {
    if (node.op === 'Shape') {
      check(node, 1, {});
      names.define(result, { kind: 'shape', of: names.tensor(node.inputs[0]!) });
      return null;
    }
    const symbol = node.op === 'Resize' ? upsampled(node, names) : build(node, names);
    names.define(result, { kind: 'result', symbol });
    return symbol;
  } catch (error) {
    const told = unlike(error);
    throw told instanceof Unlike ? fault(node, told.message) : told;
  }
}

/** TopK has two results, of which one may go unused: values and positions. */
function largest(node: NodeDescription, names: Names): Sym {
  const [values, positions, ...more] = node.outputs;
  if (values === undefined || positions === undefined || more.length > 0) {
    throw fault(node, 'it must have two results');
  }
  try {
    const settings = check(node, 2, { axis: 'int', largest: 'flag', sorted: 'flag' });
    for (const [name, value] of Object.entries(LARGEST)) {
      if (settings[name] !== value) throw new Unlike(`attribute '${name}' must be ${value}`);
    }
    const [x, count] = node.inputs as [string, string];
    const operand = names.tensor(x);
    const [k, ...others] = names.integers(count);
    if (k === undefined || others.length > 0) throw new Unlike('k must be one number');
    const symbol = apply('TopK', [operand], { k });
    names.defineAside(values, { kind: 'result', symbol });
    names.defineAside(positions, { kind: 'result', symbol: apply('ArgTopK', [operand], { k }) });
    return symbol;
  } catch (error) {
    const told = unlike(error);
    throw told instanceof Unlike ? fault(node, told.message) : told;
  }
}

const fault = ({ name, op }: NodeDescription, words: string): Unlike =>
  new Unlike(`node '${name}' (${op}): ${words}`);

function build(node: NodeDescription, names: Names): Sym {
  const plain = Object.hasOwn(PLAIN, node.op) ? PLAIN[node.op as OperatorName] : undefined;
  if (plain !== undefined) {
    const settings = check(node, null, plain);
    return apply(
      node.op as OperatorName,
      node.inputs.map((name) => names.tensor(name)),
      settings,
    );
  }
  const other = Object.hasOwn(OTHERS, node.op) ? OTHERS[node.op] : undefined;
  if (other === undefined) throw new Unlike('hourglass does not use this operator');
  return other.build(node.inputs, names, check(node, other.inputs, other.attributes ?? {}));
}

const WRITTEN_AS: Readonly<Record<AttributeType, string>> = {
  int: 'int',
  flag: 'int',
  dtype: 'int',
  float: 'float',
  factor: 'float',
  ints: 'ints',
};

/** The number of inputs, and the attributes as settings: exactly those that are expected. */
function check(
  node: NodeDescription,
  inputs: number | null,
  expected: Readonly<Record<string, AttributeType>>,
): Settings {
  if (inputs !== null && node.inputs.length !== inputs) throw new Unlike(`it must have ${inputs} inputs`);
  const settings: Settings = {};
  for (const [name, type] of Object.entries(expected)) {
    const given = node.attributes.get(name);
    if (given === undefined && type === 'factor') continue;
    if (given === undefined) throw new Unlike(`attribute '${name}' is missing`);
    const { value } = given;
    if (given.type !== WRITTEN_AS[type]) {
      throw new Unlike(`attribute '${name}' is of another type`);
    }
    if (given.type === 'float' && !Number.isFinite(value))
      throw new Unlike(`attribute '${name}' must be finite`);
    if (type === 'flag' && value !== 0 && value !== 1) throw new Unlike(`attribute '${name}' must be 0 or 1`);
    settings[name] = type === 'dtype' ? (DTYPES[value as number] ?? 'unknown') : value;
  }
  for (const name of node.attributes.keys()) {
    if (!Object.hasOwn(expected, name)) throw new Unlike(`attribute '${name}' is not known`);
  }
  return settings;
}

const DTYPES: Readonly<Record<number, DType>> = { 1: 'float32', 7: 'int64', 9: 'bool' };

/** In ONNX's target shape, 0 keeps the dimension at that place, and one -1 takes the rest. */
function reshaped(x: Sym, target: readonly number[]): Sym {
  const shape = target.map((dim, axis) => (dim === 0 ? x.shape[axis] : dim));
  if (shape.includes(undefined)) throw new Unlike('it copies a dimension that is not there');
  const gap = shape.indexOf(-1);
  if (gap >= 0) shape[gap] = leftOver(x.shape, shape.toSpliced(gap, 1) as Dim[]);
  return reshape(x, shape as Dim[]);
}

/** The dimension that `given` lacks to hold as many elements as `whole`. */
function leftOver(whole: Shape, given: Shape): Dim {
  const namesOf = (shape: Shape) =>
    shape.flatMap((dim) => (typeof dim === 'string' ? [dim.replace(/^\d+\*/, '')] : []));
  const symbols = namesOf(whole);
  for (const name of namesOf(given)) {
    const at = symbols.indexOf(name);
    if (at >= 0) symbols.splice(at, 1);
  }
  const ratio = sizeOfOne(whole) / sizeOfOne(given);
  if (symbols.length === 0) return ratio;
  if (symbols.length === 1 && ratio === 1) return symbols[0]!;
  if (symbols.length === 1 && Number.isInteger(ratio)) return times(ratio, symbols[0]!);
  throw new Unlike('a dimension cannot be worked out');
}

/** Each element repeated: the one use hourglass has for Resize. */
function upsampled(node: NodeDescription, names: Names): Sym {
  const [x, region, scales, ...more] = node.inputs;
  if (scales === undefined || region !== '' || more.length > 0) throw new Unlike('it must be by factors');
  const given = Object.fromEntries([...node.attributes].map(([name, { value }]) => [name, value]));
  for (const [name, value] of Object.entries(NEAREST)) {
    if (given[name] !== value) throw new Unlike(`attribute '${name}' must be '${value}'`);
  }
  if (node.attributes.size !== Object.keys(NEAREST).length) throw new Unlike('it has unknown attributes');
  const [rows, channels, ...factors] = names.floats(scales, [4]);
  if (rows !== 1 || channels !== 1) throw new Unlike('it must change height and width alone');
  return apply('Resize', [names.tensor(x!)], { factors });
}
