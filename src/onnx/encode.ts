/**
 * A graph as the bytes of an ONNX ModelProto. Field numbers are those of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3); the wire format is protobuf's, by a library.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  type DType,
  expansion,
  fixedSize,
  OPSET,
  type Shape,
  type Sym,
  topologicalOrder,
} from '../graph/index.ts';
import {
  BLOCKED,
  isBlockable,
  isSumOfRows,
  type NodeWriter,
  type ToRun,
  writeBlockedConvolution,
  writeOnes,
} from './to-run.ts';
import { irVersion } from './versions.ts';

/** What a model is made of: named inputs, named results, and the numbers some inputs always have. */
export interface ModelParts {
  name: string;
  inputs: Readonly<Record<string, Sym>>;
  outputs: Readonly<Record<string, Sym>>;
  /** Input symbols that become initialisers under their own names: a shipped model's weights. */
  weights?: ReadonlyMap<Sym, Float32Array>;
  metadata?: Readonly<Record<string, string>>;
  description?: string;
  /** The version of the program that wrote it. */
  producerVersion?: string;
  /** The version of ONNX's operator set it states, one of OPSETS; 20 unless given. */
  opset?: number;
  /** For running here and now, and for no reader: what is faster is then written in other operators. */
  toRun?: ToRun;
}

const ELEMENT_TYPE: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int64: 7, bool: 9 };
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** Attributes that ONNX takes as int64 input tensors, in their order after the operands. */
const ATTRIBUTES_AS_INPUTS: Readonly<Record<string, readonly string[]>> = {
  ReduceSum: ['axes'],
  ReduceProd: ['axes'],
  Pad: ['pads'],
  Slice: ['starts', 'ends', 'axes', 'steps'],
};

/** Attributes that are floating-point in ONNX; every other number is an int. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta']);

/** Steep enough to make a step of a slope. */
const STEEP = 1e30;

/** Resize so that output element i is input element ⌊i / factor⌋. */
export const NEAREST = {
  mode: 'nearest',
  coordinate_transformation_mode: 'asymmetric',
  nearest_mode: 'floor',
} as const;

/** TopK along the second of two dimensions. */
export const LARGEST = { axis: 1, largest: 1, sorted: 1 } as const;

type Write = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, 2).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, 2).string(value);
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, 0).int64(value);
}

/**
 * Serialises a model; the same parts give the same bytes.
 * @throws RangeError if a name stands for two things, or a weight's values do not fill its shape.
 * @throws HourglassError (usage) if the operator set does not exist.
 */
export function encodeModel(parts: ModelParts): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  const opset = parts.opset ?? OPSET;
  int(writer, 1, irVersion(opset));
  text(writer, 2, 'hourglass');
  if (parts.producerVersion !== undefined) text(writer, 3, parts.producerVersion);
  if (parts.description !== undefined) text(writer, 6, parts.description);
  message(writer, 7, (graph) => new GraphWriter(graph, parts).write());
  const domains = parts.toRun?.channelBlock ? { '': opset, [BLOCKED]: 1 } : { '': opset };
  for (const [domain, version] of Object.entries(domains)) {
    message(writer, 8, (set) => {
      text(set, 1, domain);
      int(set, 2, version);
    });
  }
  for (const [key, value] of Object.entries(parts.metadata ?? {})) {
    message(writer, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

/** Writes one GraphProto: names every symbol, then nodes, initialisers, inputs and outputs. */
class GraphWriter implements NodeWriter {
  private readonly names = new Map<Sym, string>();
  private readonly taken = new Set<string>();
  private readonly repeats = new Map<string, number>();
  private readonly initialisers = new Map<string, Write>();
  /** The names of constants by their contents. */
  private readonly constants = new Map<string, string>();
  /** The names of rows of ones by the dimension that they are as long as. */
  private readonly rowsOfOnes = new Map<string, string>();
  private readonly writer: BinaryWriter;
  private readonly parts: ModelParts;

  constructor(writer: BinaryWriter, parts: ModelParts) {
    this.writer = writer;
    this.parts = parts;
  }

  write(): void {
    const { inputs, outputs, weights } = this.parts;
    // The names a user of the model sees are kept as they are; all others give way to them.
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) {
      if (name === '' || this.taken.has(name)) {
        throw new RangeError(`encodeModel: '${name}' is empty or both an input and an output`);
      }
      this.taken.add(name);
    }
    for (const [name, symbol] of Object.entries(inputs)) this.leaf(symbol, name);
    for (const [symbol, values] of weights ?? []) {
      const name = this.leaf(symbol, this.unique(symbol.scope || 'weight'));
      if (symbol.dtype !== 'float32') throw new RangeError(`encodeModel: weight '${name}' is not float32`);
      this.initialisers.set(name, floatTensor(name, symbol.shape, values));
    }
    // An output that is an operator's result takes that name; an input or a second name needs an Identity.
    const direct = new Map<Sym, string>();
    for (const [name, symbol] of Object.entries(outputs)) {
      if (symbol.inputs.length > 0 && !direct.has(symbol)) direct.set(symbol, name);
    }
    for (const symbol of topologicalOrder(Object.values(outputs))) this.node(symbol, direct.get(symbol));
    for (const [name, symbol] of Object.entries(outputs)) {
      if (direct.get(symbol) !== name)
        this.emit('Identity', this.unique(`${name}/Identity`), [this.names.get(symbol)!], name);
    }
    text(this.writer, 2, this.parts.name);
    for (const write of this.initialisers.values()) message(this.writer, 5, write);
    for (const [name, symbol] of Object.entries(inputs)) this.value(11, name, symbol);
    for (const [name, symbol] of Object.entries(outputs)) this.value(12, name, symbol);
  }

  private leaf(symbol: Sym, name: string): string {
    const known = this.names.get(symbol);
    if (symbol.op !== 'Input' || known !== undefined) {
      throw new RangeError(
        `encodeModel: '${name}' is ${known ? `also '${known}'` : `no input but a ${symbol.op}`}`,
      );
    }
    this.names.set(symbol, name);
    return name;
  }

  private node(symbol: Sym, outputName: string | undefined): void {
    if (this.names.has(symbol)) return;
    if (symbol.op === 'Input') {
      throw new RangeError(`encodeModel: '${symbol.scope}' is used but is neither an input nor a weight`);
    }
    if (symbol.op === 'Constant') {
      this.names.set(symbol, this.constant(symbol.shape, symbol.values!));
      return;
    }
    const expanded = expansion(symbol);
    if (expanded !== undefined) {
      for (const part of topologicalOrder([expanded])) {
        this.node(part, part === expanded ? outputName : undefined);
      }
      this.names.set(symbol, this.names.get(expanded)!);
      return;
    }
    const nodeName = this.unique(symbol.scope === '' ? symbol.op : `${symbol.scope}/${symbol.op}`);
    const operands = symbol.inputs.map((operand) => this.names.get(operand)!);
    // Only derivatives see it: here it is its operand, or another name for it.
    if (symbol.op === 'StopGradient') {
      if (outputName !== undefined) this.emit('Identity', nodeName, operands, outputName);
      this.names.set(symbol, outputName ?? operands[0]!);
      return;
    }
    const output = outputName ?? this.unique(`${nodeName}:0`);
    this.names.set(symbol, output);
    if (symbol.op === 'ExpandLike') {
      const shape = this.unique(`${nodeName}/shape`);
      this.emit('Shape', this.unique(`${nodeName}/Shape`), [operands[1]!], shape);
      this.emit('Expand', nodeName, [operands[0]!, shape], output);
      return;
    }
    if (symbol.op === 'Clip') {
      const { min, max } = symbol.attributes;
      operands.push(this.constant([], [min as number]), this.constant([], [max as number]));
      this.emit('Clip', nodeName, operands, output);
      return;
    }
    // One operator that runs on all threads; a comparison and a cast, or ONNX's own Sign, take two to three
    // times as long. Between -1e-30 and 1e-30 both are a slope instead of a step.
    if (symbol.op === 'Step') {
      this.emit('HardSigmoid', nodeName, operands, output, { alpha: STEEP, beta: 0 });
      return;
    }
    if (symbol.op === 'Sign') {
      const scaled = this.unique(`${nodeName}/scaled`);
      this.emit('Mul', this.unique(`${nodeName}/Mul`), [operands[0]!, this.constant([], [STEEP])], scaled);
      const bounds = [this.constant([], [-1]), this.constant([], [1])];
      this.emit('Clip', nodeName, [scaled, ...bounds], output);
      return;
    }
    if (symbol.op === 'TopK' || symbol.op === 'ArgTopK') {
      const both = [output, this.unique(`${nodeName}/other`)];
      const results = symbol.op === 'TopK' ? both : both.reverse();
      operands.push(this.int64([symbol.attributes.k as number]));
      this.emit('TopK', nodeName, operands, results, LARGEST);
      return;
    }
    if (symbol.op === 'BatchTopK') {
      this.batchTopK(symbol, nodeName, operands[0]!, output);
      return;
    }
    if (symbol.op === 'Resize') {
      const scales = this.constant([4], [1, 1, ...(symbol.attributes.factors as readonly number[])]);
      // An empty name leaves out an optional input, here the region of interest.
      this.emit('Resize', nodeName, [operands[0]!, '', scales], output, NEAREST);
      return;
    }
    if (symbol.op === 'Reshape') {
      this.reshape(symbol.inputs[0]!.shape, symbol.shape, nodeName, operands[0]!, output);
      return;
    }
    const channelBlock = this.parts.toRun?.channelBlock;
    if (channelBlock && isBlockable(symbol, channelBlock)) {
      writeBlockedConvolution(this, symbol, nodeName, operands, output, channelBlock);
      return;
    }
    if (this.parts.toRun && isSumOfRows(symbol)) {
      const rows = symbol.inputs[0]!.shape[0] as string;
      const ones = this.rowsOfOnes.get(rows) ?? writeOnes(this, rows, operands[0]!);
      this.rowsOfOnes.set(rows, ones);
      this.emit('MatMul', nodeName, [ones, operands[0]!], output);
      return;
    }
    if (symbol.op === 'ReduceProd' && (this.parts.opset ?? OPSET) < 18) {
      throw new RangeError('encodeModel: before opset 18 ReduceProd has its axes as an attribute');
    }
    const asInputs = ATTRIBUTES_AS_INPUTS[symbol.op] ?? [];
    for (const name of asInputs) operands.push(this.int64(symbol.attributes[name] as number[]));
    const attributes = Object.entries(symbol.attributes).filter(([name]) => !asInputs.includes(name));
    this.emit(symbol.op, nodeName, operands, output, Object.fromEntries(attributes));
  }

  /** ONNX's TopK of all elements; k is a number of each row, and follows the number of rows. */
  private batchTopK(symbol: Sym, nodeName: string, operand: string, output: string): void {
    const part = (name: string) => this.unique(`${nodeName}/${name}`);
    const [all, shape, rows, count, values, others, last] = [
      ...['all', 'shape', 'rows', 'count', 'values', 'others', 'last'].map(part),
    ] as [string, string, string, string, string, string, string];
    const [first, end] = [this.int64([0]), this.int64([Number.MAX_SAFE_INTEGER])];
    this.emit('Reshape', part('Reshape'), [operand, this.int64([-1])], all);
    this.emit('Shape', part('Shape'), [operand], shape);
    this.emit('Gather', part('Gather'), [shape, first], rows, { axis: 0 });
    this.emit('Mul', part('Mul'), [rows, this.int64([symbol.attributes.k as number])], count);
    this.emit('TopK', nodeName, [all, count], [values, others], { ...LARGEST, axis: 0 });
    this.emit('Slice', part('Slice'), [values, this.int64([-1]), end], last);
    this.emit('Squeeze', part('Squeeze'), [last, first], output);
  }

  /** To ONNX, 0 copies a dimension from its place and one -1 is worked out; past that, only ones may change. */
  private reshape(from: Shape, to: Shape, nodeName: string, operand: string, output: string): void {
    const target = to.map((dim, axis) => (typeof dim === 'number' ? dim : dim === from[axis] ? 0 : -1));
    if (target.indexOf(-1) === target.lastIndexOf(-1)) {
      this.emit('Reshape', nodeName, [operand, this.int64(target)], output);
      return;
    }
    // Neither gets an empty list: Squeeze would take it for every dimension that happens to be 1.
    const ones = (shape: Shape) => shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
    const put = ones(to);
    let squeezed = operand;
    if (ones(from).length > 0) {
      squeezed = put.length === 0 ? output : this.unique(`${nodeName}/squeezed`);
      const name = put.length === 0 ? nodeName : this.unique(`${nodeName}/Squeeze`);
      this.emit('Squeeze', name, [operand, this.int64(ones(from))], squeezed);
    }
    if (put.length > 0) this.emit('Unsqueeze', nodeName, [squeezed, this.int64(put)], output);
  }

  emit(
    op: string,
    name: string,
    inputs: readonly string[],
    output: string | readonly string[],
    attributes: Readonly<Record<string, unknown>> = {},
    domain = '',
  ): void {
    message(this.writer, 1, (node) => {
      for (const operand of inputs) text(node, 1, operand);
      for (const result of [output].flat()) text(node, 2, result);
      text(node, 3, name);
      text(node, 4, op);
      if (domain !== '') text(node, 7, domain);
      for (const [key, value] of Object.entries(attributes)) message(node, 5, attribute(key, value));
    });
  }

  private value(field: number, name: string, symbol: Sym): void {
    message(this.writer, field, (info) => {
      text(info, 1, name);
      message(info, 2, (type) =>
        message(type, 1, (tensor) => {
          int(tensor, 1, ELEMENT_TYPE[symbol.dtype]);
          message(tensor, 2, (shape) => {
            for (const dim of symbol.shape) {
              message(shape, 1, (d) => (typeof dim === 'number' ? int(d, 1, dim) : text(d, 2, dim)));
            }
          });
        }),
      );
    });
  }

  /** The name of a float32 initialiser; equal constants share one. */
  private constant(shape: Shape, values: readonly number[]): string {
    // Without this, joining would take -0 for 0.
    const digits = values.map((value) => (Object.is(value, -0) ? '-0' : String(value))).join('_');
    const key = `const/${digits}_${shape.join('x')}`;
    const name = values.length <= 4 ? key : `const/${this.constants.size}_${shape.join('x')}`;
    return this.shared(key, name, (unique) => floatTensor(unique, shape, Float32Array.from(values)));
  }

  int64(values: readonly number[]): string {
    const key = `int64/${values.join('_')}`;
    return this.shared(key, key, (name) => (tensor) => {
      int(tensor, 1, values.length);
      int(tensor, 2, ELEMENT_TYPE.int64);
      text(tensor, 8, name);
      tensor.tag(9, 2).bytes(new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer));
    });
  }

  private shared(key: string, wish: string, tensor: (name: string) => Write): string {
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.unique(wish);
    this.constants.set(key, name);
    this.initialisers.set(name, tensor(name));
    return name;
  }

  unique(name: string): string {
    let candidate = name;
    // Counts on from the last number, or many operators in one scope would take quadratic time.
    let n = this.repeats.get(name) ?? 0;
    while (this.taken.has(candidate)) candidate = `${name}_${++n}`;
    this.repeats.set(name, n);
    this.taken.add(candidate);
    return candidate;
  }
}

function floatTensor(name: string, shape: Shape, values: Float32Array): Write {
  if (fixedSize(shape) !== values.length) {
    throw new RangeError(`encodeModel: '${name}' of [${shape.join(', ')}] has ${values.length} values`);
  }
  return (tensor) => {
    for (const dim of shape) int(tensor, 1, dim as number);
    int(tensor, 2, ELEMENT_TYPE.float32);
    text(tensor, 8, name);
    tensor.tag(9, 2).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
}

function attribute(name: string, value: unknown): Write {
  return (proto) => {
    text(proto, 1, name);
    if (name === 'to') {
      int(proto, 3, ELEMENT_TYPE[value as DType]);
      int(proto, 20, ATTRIBUTE_TYPE.int);
    } else if (Array.isArray(value)) {
      for (const item of value) int(proto, 8, item);
      int(proto, 20, ATTRIBUTE_TYPE.ints);
    } else if (value instanceof Float32Array) {
      message(proto, 5, floatTensor(name, [value.length], value));
      int(proto, 20, ATTRIBUTE_TYPE.tensor);
    } else if (typeof value === 'string') {
      text(proto, 4, value);
      int(proto, 20, ATTRIBUTE_TYPE.string);
    } else if (FLOAT_ATTRIBUTES.has(name)) {
      proto.tag(2, 5).float(value as number);
      int(proto, 20, ATTRIBUTE_TYPE.float);
    } else {
      int(proto, 3, value as number);
      int(proto, 20, ATTRIBUTE_TYPE.int);
    }
  };
}
