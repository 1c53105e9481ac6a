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

type Field = (reader: BinaryReader) => void;

/** Reads one message: `fields` handles a field by its number, everything else is skipped. */
function read(reader: BinaryReader, fields: Readonly<Record<number, Field>>, length?: number): void {
  const end = length === undefined ? reader.len : reader.pos + length;
  if (end > reader.len) throw new RangeError('a message is longer than the file');
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    const handle = fields[field];
    if (handle === undefined) reader.skip(wireType, field);
    else handle(reader);
  }
  if (reader.pos !== end) throw new RangeError('a field runs over the end of its message');
}

const nested =
  (fields: () => [Record<number, Field>, () => void]): Field =>
  (reader) => {
    const [handlers, done] = fields();
    read(reader, handlers, reader.uint32());
    done();
  };

/** @throws HourglassError of kind 'data' naming `file` where the bytes are no ONNX model. */
export function decodeModel(bytes: Uint8Array, file: string): ModelDescription {
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
    read(new BinaryReader(bytes), {
      1: (r) => (model.irVersion = Number(r.int64())),
      2: (r) => (model.producer = r.string()),
      7: (r) => {
        graphs++;
        read(r, graphFields(model), r.uint32());
      },
      8: nested(() => {
        let domain = '';
        let version = 0;
        return [
          { 1: (r) => (domain = r.string()), 2: (r) => (version = Number(r.int64())) },
          () => (model.opsets[domain] = version),
        ];
      }),
      14: nested(() => {
        let key = '';
        let value = '';
        return [
          { 1: (r) => (key = r.string()), 2: (r) => (value = r.string()) },
          () => Object.defineProperty(model.metadata, key, { value, enumerable: true, configurable: true }),
        ];
      }),
    });
  } catch (cause) {
    throw refuse(file, `is no readable ONNX model (${(cause as Error).message})`, cause);
  }
  if (graphs !== 1 || model.irVersion === 0)
    throw refuse(file, 'is no ONNX model: it has no version or no graph');
  return model;
}

function refuse(file: string, rule: string, cause?: unknown): HourglassError {
  return new HourglassError(
    'data',
    { subject: file, rule, hint: 'give a model that hourglass has written' },
    { cause },
  );
}

function graphFields(model: ModelDescription): Record<number, Field> {
  return {
    1: nested(() => {
      const node = { op: '', name: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
      return [
        {
          1: (r) => node.inputs.push(r.string()),
          2: (r) => node.outputs.push(r.string()),
          3: (r) => (node.name = r.string()),
          4: (r) => (node.op = r.string()),
          7: (r) => (node.domain = r.string()),
        },
        () => model.nodes.push(node),
      ];
    }),
    5: nested(() => {
      const shape: number[] = [];
      let name = '';
      let type = 0;
      let raw = new Uint8Array();
      return [
        {
          1: (r) => shape.push(Number(r.int64())),
          2: (r) => (type = r.int32()),
          8: (r) => (name = r.string()),
          9: (r) => (raw = r.bytes() as Uint8Array<ArrayBuffer>),
        },
        () => {
          if (type !== 1) return;
          const size = shape.reduce((a, b) => a * b, 1);
          if (raw.byteLength !== size * 4) {
            throw new RangeError(
              `tensor '${name}' of shape [${shape.join(', ')}] holds ${raw.byteLength} bytes`,
            );
          }
          model.weights.set(name, { shape, values: new Float32Array(raw.slice().buffer) });
        },
      ];
    }),
    11: (r) => model.inputs.push(valueInfo(r)),
    12: (r) => model.outputs.push(valueInfo(r)),
  };
}

function valueInfo(reader: BinaryReader): TensorDescription {
  const value: TensorDescription = { name: '', shape: [] };
  const dimension: Field = (r) => {
    let dim: Dim = '';
    read(r, { 1: (d) => (dim = Number(d.int64())), 2: (d) => (dim = d.string()) }, r.uint32());
    value.shape.push(dim);
  };
  const shape: Field = (r) => read(r, { 1: dimension }, r.uint32());
  const tensor: Field = (r) => read(r, { 2: shape }, r.uint32());
  const type: Field = (r) => read(r, { 1: tensor }, r.uint32());
  read(reader, { 1: (r) => (value.name = r.string()), 2: type }, reader.uint32());
  return value;
}
