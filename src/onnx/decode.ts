/**
 * Reads the bytes of an ONNX ModelProto into a description. It accepts everything that encodeModel writes, and nothing
 * else. Anything damaged, too large, or useless to an autoencoder (external files, nested graphs, functions) is
 * refused by name. verify.ts checks that the parts of a model fit together.
 */

import { HourglassError } from '../errors.ts';
import type { Dim, DType } from '../graph/index.ts';
import { sizeOf } from '../size.ts';
import {
  bytes,
  float,
  integer,
  integers,
  type Message,
  message,
  messages,
  readMessage,
  text,
  texts,
} from './protobuf.ts';

export interface TensorDescription {
  name: string;
  shape: Dim[];
  dtype: DType;
}

export type AttributeValue =
  | { type: 'float' | 'int'; value: number }
  | { type: 'string'; value: string }
  | { type: 'ints'; value: number[] };

export interface NodeDescription {
  op: string;
  name: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, AttributeValue>;
}

export interface ModelDescription {
  irVersion: number;
  producer: string;
  producerVersion: string;
  /** The version of each operator set by its domain; ONNX's own is ''. */
  opsets: Record<string, number>;
  metadata: Record<string, string>;
  description: string;
  name: string;
  inputs: TensorDescription[];
  outputs: TensorDescription[];
  nodes: NodeDescription[];
  /** float32 initialisers by name. */
  weights: Map<string, { shape: number[]; values: Float32Array }>;
  /** int64 initialisers by name: settings of operators, as axes. */
  integers: Map<string, { shape: number[]; values: number[] }>;
}

/** Far beyond any model of hourglass; a reader's time and memory are bounded by them and by the file's size. */
export const LIMITS = {
  /** protobuf's own. */
  fileBytes: 2 ** 31 - 1,
  nodes: 50_000,
  initialisers: 50_000,
  /** Inputs and outputs of the model. */
  values: 1000,
  operands: 65_536,
  rank: 16,
  /** Values of an attribute or of an int64 initialiser. */
  list: 64,
  metadata: 100,
  name: 1000,
} as const;

const ELEMENT_TYPES: Readonly<Record<number, DType>> = { 1: 'float32', 2: 'uint8', 7: 'int64', 9: 'bool' };

/** @throws HourglassError of kind 'data' naming `fileName` if the bytes are not a model that hourglass wrote. */
export function decodeModel(file: Uint8Array, fileName: string): ModelDescription {
  const model: ModelDescription = {
    irVersion: 0,
    producer: '',
    producerVersion: '',
    opsets: {},
    metadata: {},
    description: '',
    name: '',
    inputs: [],
    outputs: [],
    nodes: [],
    weights: new Map(),
    integers: new Map(),
  };
  let graphs = 0;
  try {
    if (file.length > LIMITS.fileBytes) throw new RangeError(`it has ${file.length} bytes`);
    readMessage(file, {
      name: 'the model',
      fields: {
        1: integer((version) => (model.irVersion = version)),
        2: text((name) => (model.producer = name)),
        3: text((version) => (model.producerVersion = version)),
        6: text((words) => (model.description = words)),
        7: message(() => ({ ...graphMessage(model), done: () => graphs++ })),
        8: messages(() => {
          let domain = '';
          let version = 0;
          return {
            name: 'an operator set',
            fields: { 1: text((value) => (domain = value)), 2: integer((value) => (version = value)) },
            done: () => setNew(model.opsets, domain, version),
          };
        }),
        14: messages(() => {
          let key = '';
          let value = '';
          return {
            name: 'the metadata',
            fields: { 1: text((name) => (key = name)), 2: text((content) => (value = content)) },
            done: () => setNew(model.metadata, key, value),
          };
        }),
        20: 'training information is not for a model to use',
        25: 'functions are not allowed',
      },
    });
  } catch (cause) {
    throw refusal(fileName, `is not a readable ONNX model (${(cause as Error).message})`, cause);
  }
  if (graphs !== 1 || model.irVersion === 0)
    throw refusal(fileName, 'is not an ONNX model: it has no version or no graph');
  return model;
}

/** The rule may quote a name from the file, with any length and characters. */
export function refusal(file: string, words: string, cause?: unknown): HourglassError {
  const plain = words.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?');
  const rule = plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
  return new HourglassError(
    'data',
    { subject: file, rule, hint: 'give a model that hourglass has written' },
    { cause },
  );
}

/** Sets a property whose name comes from a file: `__proto__` too is only a name. */
function setNew<T>(record: Record<string, T>, key: string, value: T): void {
  if (Object.hasOwn(record, key)) throw new RangeError(`'${key}' is given twice`);
  limit(Object.keys(record).length + 1, LIMITS.metadata, 'entries');
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}

function limit(count: number, most: number, what: string): void {
  if (count > most) throw new RangeError(`there are more than ${most} ${what}`);
}

/** Adds to a list of bounded length. */
const add =
  <T>(list: T[], most: number, what: string) =>
  (item: T): void => {
    limit(list.length + 1, most, what);
    list.push(item);
  };

const SUBGRAPH = 'graphs within a graph are not allowed';
const EXTERNAL = 'external data are not allowed: a model holds its own weights';
const RAW = 'the values of a tensor must be raw data';

function graphMessage(model: ModelDescription): Message {
  return {
    name: 'the graph',
    fields: {
      1: messages(() => nodeMessage(add(model.nodes, LIMITS.nodes, 'nodes'))),
      2: text((name) => (model.name = name)),
      5: messages(() => tensorMessage(model)),
      11: messages(() => valueMessage(add(model.inputs, LIMITS.values, 'inputs'))),
      12: messages(() => valueMessage(add(model.outputs, LIMITS.values, 'outputs'))),
      14: 'quantisation is not allowed',
      15: 'sparse tensors are not allowed',
    },
  };
}

function nodeMessage(done: (node: NodeDescription) => void): Message {
  const node: NodeDescription = {
    op: '',
    name: '',
    domain: '',
    inputs: [],
    outputs: [],
    attributes: new Map(),
  };
  return {
    name: 'a node',
    fields: {
      1: texts(add(node.inputs, LIMITS.operands, 'operands')),
      2: texts(add(node.outputs, LIMITS.operands, 'results')),
      3: text((name) => (node.name = name)),
      4: text((op) => (node.op = op)),
      5: messages(() =>
        attributeMessage((name, value) => {
          if (node.attributes.has(name)) throw new RangeError(`attribute '${name}' is given twice`);
          limit(node.attributes.size + 1, LIMITS.list, 'attributes');
          node.attributes.set(name, value);
        }),
      ),
      7: text((domain) => (node.domain = domain)),
    },
    done: () => {
      if (node.op === '') throw new RangeError(`node '${node.name}' has no operator`);
      done(node);
    },
  };
}

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES: Readonly<Record<number, AttributeValue['type']>> = {
  1: 'float',
  2: 'int',
  3: 'string',
  7: 'ints',
};

function attributeMessage(done: (name: string, value: AttributeValue) => void): Message {
  let name = '';
  let type = 0;
  const list: number[] = [];
  /** The value of each type that is present. */
  const given = new Map<string, unknown>();
  const set = (key: AttributeValue['type']) => (value: unknown) => void given.set(key, value);
  return {
    name: 'an attribute',
    fields: {
      1: text((value) => (name = value)),
      2: float(set('float')),
      3: integer(set('int')),
      4: text(set('string')),
      5: 'tensors as attributes are not allowed',
      6: SUBGRAPH,
      8: integers((value) => {
        add(list, LIMITS.list, 'values')(value);
        given.set('ints', list);
      }),
      10: 'tensors as attributes are not allowed',
      11: SUBGRAPH,
      20: integer((value) => (type = value)),
      21: 'functions are not allowed',
    },
    done: () => {
      const kind = ATTRIBUTE_TYPES[type];
      // protobuf leaves out an empty list.
      if (kind === 'ints' && given.size === 0) given.set('ints', list);
      if (kind === undefined || given.size !== 1 || !given.has(kind)) {
        throw new RangeError(`attribute '${name}' is not of the type it says`);
      }
      done(name, { type: kind, value: given.get(kind) } as AttributeValue);
    },
  };
}

function tensorMessage(model: ModelDescription): Message {
  const shape: number[] = [];
  let name = '';
  let type = 0;
  let raw = new Uint8Array();
  const addDim = add(shape, LIMITS.rank, 'dimensions');
  return {
    name: 'a tensor',
    fields: {
      1: integers((dim) => addDim(size(dim))),
      2: integer((value) => (type = value)),
      4: RAW,
      5: RAW,
      6: RAW,
      7: RAW,
      8: text((value) => (name = value)),
      9: bytes((value) => (raw = value as Uint8Array<ArrayBuffer>)),
      10: RAW,
      11: RAW,
      13: EXTERNAL,
      14: EXTERNAL,
    },
    done: () => {
      const dtype = ELEMENT_TYPES[type];
      if (dtype !== 'float32' && dtype !== 'int64') {
        throw new RangeError(`tensor '${name}' is neither of float32 nor of int64`);
      }
      if (model.weights.has(name) || model.integers.has(name)) {
        throw new RangeError(`tensor '${name}' is given twice`);
      }
      limit(model.weights.size + model.integers.size + 1, LIMITS.initialisers, 'initialisers');
      const count = sizeOf(shape);
      if (raw.byteLength !== count * (dtype === 'float32' ? 4 : 8)) {
        throw new RangeError(`tensor '${name}' of shape [${shape.join(', ')}] holds ${raw.byteLength} bytes`);
      }
      // A copy, as the bytes may lie anywhere in the file.
      const { buffer } = new Uint8Array(raw);
      if (dtype === 'float32') {
        model.weights.set(name, { shape, values: new Float32Array(buffer) });
        return;
      }
      limit(count, LIMITS.list, `values in '${name}'`);
      model.integers.set(name, { shape, values: Array.from(new BigInt64Array(buffer), Number) });
    },
  };
}

/** The name, type and shape of an input or output: ValueInfoProto → TypeProto → Tensor → TensorShapeProto. */
function valueMessage(done: (value: TensorDescription) => void): Message {
  const shape: Dim[] = [];
  let name = '';
  let type = 0;
  let shapes = 0;
  const addDim = add(shape, LIMITS.rank, 'dimensions');
  const dimension = messages(() => {
    const given: Dim[] = [];
    return {
      name: 'a dimension',
      fields: { 1: integer((known) => given.push(size(known))), 2: text((symbol) => given.push(symbol)) },
      done: () => {
        if (given.length !== 1) throw new RangeError(`a dimension of '${name}' has no size`);
        addDim(given[0]!);
      },
    };
  });
  const tensor = message(() => ({
    name: 'a tensor type',
    fields: {
      1: integer((value) => (type = value)),
      2: message(() => ({ name: 'a shape', fields: { 1: dimension }, done: () => shapes++ })),
    },
  }));
  const NO_TENSOR = 'inputs and outputs must be tensors';
  return {
    name: 'an input or output',
    fields: {
      1: text((value) => (name = value)),
      2: message(() => ({
        name: 'a type',
        fields: { 1: tensor, 4: NO_TENSOR, 5: NO_TENSOR, 8: NO_TENSOR, 9: NO_TENSOR },
      })),
    },
    done: () => {
      const dtype = ELEMENT_TYPES[type];
      if (shapes !== 1 || dtype === undefined) throw new RangeError(`'${name}' has no type or no shape`);
      done({ name, shape, dtype });
    },
  };
}

function size(dim: number): number {
  if (!Number.isSafeInteger(dim) || dim < 0) throw new RangeError(`a dimension is ${dim}`);
  return dim;
}
