/**
 * The bytes of an ONNX ModelProto as a description: what a reader needs to check a model before it is run.
 * Fields that are not described are skipped; whatever is damaged or too large is refused by name.
 */
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { HourglassError } from '../errors.ts';
import type { Dim } from '../graph/index.ts';

export interface TensorDescription {
  name: string;
  shape: Dim[];
}

export interface ModelDescription {
  irVersion: number;
  producer: string;
  opsets: Record<string, number>;
  metadata: Record<string, string>;
  inputs: TensorDescription[];
  outputs: TensorDescription[];
  nodes: { op: string; name: string; domain: string; inputs: string[]; outputs: string[] }[];
  /** float32 initialisers by name; those of other types have no values here. */
  weights: Map<string, { shape: number[]; values: Float32Array }>;
}

type Field = (reader: BinaryReader, wireType: number) => void;
type Fields = Readonly<Record<number, Field>>;

/** Reads one message: `fields` handles a field by its number, everything else is skipped. */
function read(reader: BinaryReader, fields: Fields, length?: number): void {
  const end = length === undefined ? reader.len : reader.pos + length;
  if (end > reader.len) throw new RangeError('a message is longer than the file');
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    const handle = fields[field];
    if (handle === undefined) reader.skip(wireType, field);
    else handle(reader, wireType);
  }
  if (reader.pos !== end) throw new RangeError('a field runs over the end of its message');
}

/** TensorProto.DataType.FLOAT. */
const FLOAT32 = 1;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function demand(wireType: number, expected: number): void {
  if (wireType !== expected) throw new RangeError('a field is of another type than ONNX gives it');
}

const integer =
  (set: (value: number) => void): Field =>
  (reader, wireType) => {
    demand(wireType, VARINT);
    set(Number(reader.int64()));
  };

/** One of a list of integers, or many packed into one field: a reader must take both. */
const integers =
  (add: (value: number) => void): Field =>
  (reader, wireType) => {
    if (wireType === VARINT) {
      add(Number(reader.int64()));
      return;
    }
    demand(wireType, LENGTH_DELIMITED);
    const packed = new BinaryReader(reader.bytes());
    while (packed.pos < packed.len) add(Number(packed.int64()));
  };

const text =
  (set: (value: string) => void): Field =>
  (reader, wireType) => {
    demand(wireType, LENGTH_DELIMITED);
    set(reader.string());
  };

const bytes =
  (set: (value: Uint8Array) => void): Field =>
  (reader, wireType) => {
    demand(wireType, LENGTH_DELIMITED);
    set(reader.bytes());
  };

/** A message within a message; `done` is called when all of it is read. */
const nested =
  (start: () => [fields: Fields, done?: () => void]): Field =>
  (reader, wireType) => {
    demand(wireType, LENGTH_DELIMITED);
    const [fields, done] = start();
    read(reader, fields, reader.uint32());
    done?.();
  };

/** Sets a property whose name comes from a file: `__proto__` too is only a name. */
function setOwn<T>(record: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}

/** @throws HourglassError of kind 'data' naming `fileName` where the bytes are no ONNX model. */
export function decodeModel(file: Uint8Array, fileName: string): ModelDescription {
  const model: ModelDescription = {
    irVersion: 0,
    producer: '',
    opsets: {},
    metadata: {},
    inputs: [],
    outputs: [],
    nodes: [],
    weights: new Map(),
  };
  let graphs = 0;
  try {
    read(new BinaryReader(file), {
      1: integer((version) => (model.irVersion = version)),
      2: text((name) => (model.producer = name)),
      7: nested(() => [graphFields(model), () => graphs++]),
      8: nested(() => {
        let domain = '';
        let version = 0;
        return [
          { 1: text((value) => (domain = value)), 2: integer((value) => (version = value)) },
          () => setOwn(model.opsets, domain, version),
        ];
      }),
      14: nested(() => {
        let key = '';
        let value = '';
        return [
          { 1: text((name) => (key = name)), 2: text((content) => (value = content)) },
          () => setOwn(model.metadata, key, value),
        ];
      }),
    });
  } catch (cause) {
    throw refuse(fileName, `is no readable ONNX model (${(cause as Error).message})`, cause);
  }
  if (graphs !== 1 || model.irVersion === 0)
    throw refuse(fileName, 'is no ONNX model: it has no version or no graph');
  return model;
}

function refuse(file: string, rule: string, cause?: unknown): HourglassError {
  return new HourglassError(
    'data',
    { subject: file, rule, hint: 'give a model that hourglass has written' },
    { cause },
  );
}

function graphFields(model: ModelDescription): Fields {
  return {
    1: nested(() => {
      const node = { op: '', name: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
      return [
        {
          1: text((name) => node.inputs.push(name)),
          2: text((name) => node.outputs.push(name)),
          3: text((name) => (node.name = name)),
          4: text((op) => (node.op = op)),
          7: text((domain) => (node.domain = domain)),
        },
        () => {
          if (node.op === '') throw new RangeError(`node '${node.name}' has no operator`);
          model.nodes.push(node);
        },
      ];
    }),
    5: nested(() => {
      const shape: number[] = [];
      let name = '';
      let type = 0;
      let raw = new Uint8Array();
      return [
        {
          1: integers((dim) => shape.push(size(dim))),
          2: integer((value) => (type = value)),
          8: text((value) => (name = value)),
          9: bytes((value) => (raw = value as Uint8Array<ArrayBuffer>)),
        },
        () => {
          if (type !== FLOAT32) return;
          const count = shape.reduce((a, b) => a * b, 1);
          if (raw.byteLength !== count * 4) {
            throw new RangeError(
              `tensor '${name}' of shape [${shape.join(', ')}] holds ${raw.byteLength} bytes`,
            );
          }
          model.weights.set(name, { shape, values: new Float32Array(new Uint8Array(raw).buffer) });
        },
      ];
    }),
    11: valueInfo((value) => model.inputs.push(value)),
    12: valueInfo((value) => model.outputs.push(value)),
  };
}

/** The name and shape of an input or output: ValueInfoProto → TypeProto → Tensor → TensorShapeProto. */
const valueInfo = (add: (value: TensorDescription) => void): Field =>
  nested(() => {
    const value: TensorDescription = { name: '', shape: [] };
    const dimension = nested(() => {
      let dim: Dim = '';
      return [
        { 1: integer((known) => (dim = size(known))), 2: text((symbolic) => (dim = symbolic)) },
        () => value.shape.push(dim),
      ];
    });
    const tensor = nested(() => [{ 2: nested(() => [{ 1: dimension }]) }]);
    return [{ 1: text((name) => (value.name = name)), 2: nested(() => [{ 1: tensor }]) }, () => add(value)];
  });

function size(dim: number): number {
  if (!Number.isSafeInteger(dim) || dim < 0) throw new RangeError(`a dimension is ${dim}`);
  return dim;
}
