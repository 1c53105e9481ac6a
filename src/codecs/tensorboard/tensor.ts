/**
 * TensorFlow's TensorProto and TensorShapeProto, as far as summaries use them. Numbers lie little-endian, as
 * in safetensors.
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { bytes, int, message, readBytes, readFloats, readInt, readMessage, text } from './wire.ts';

/** DataType of tensorflow/core/framework/types.proto. */
export const DATA_TYPES = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
} as const;

/** Elements in row-major order. */
export type Tensor = { shape: readonly number[] } & (
  | { dtype: 'float32'; values: Float32Array }
  | { dtype: 'float64'; values: Float64Array }
  | { dtype: 'string'; values: readonly (string | Uint8Array)[] }
);

/** TensorShapeProto; a named dimension has no size yet, which TensorFlow writes as -1. */
export function writeShape(writer: BinaryWriter, field: number, shape: readonly (number | string)[]): void {
  message(writer, field, (proto) => {
    for (const size of shape) {
      message(proto, 2, (dim) => {
        int(dim, 1, typeof size === 'number' ? size : -1);
        if (typeof size === 'string') text(dim, 2, size);
      });
    }
  });
}

export function writeTensor(writer: BinaryWriter, field: number, tensor: Tensor): void {
  message(writer, field, (proto) => {
    int(proto, 1, DATA_TYPES[tensor.dtype]);
    writeShape(proto, 2, tensor.shape);
    // tensor_content is what TensorBoard reads fastest; of single floats all readers expect float_val.
    if (tensor.dtype === 'float32') bytes(proto, 5, memory(tensor.values));
    else if (tensor.dtype === 'float64') bytes(proto, 4, memory(tensor.values));
    else {
      for (const value of tensor.values) {
        if (typeof value === 'string') text(proto, 8, value);
        else bytes(proto, 8, value);
      }
    }
  });
}

function memory(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A TensorProto as {@link writeTensor} writes it; undefined for types and layouts that it does not write. */
export function readTensor(data: Uint8Array): Tensor | undefined {
  let type = 0;
  let shape: number[] = [];
  let content: Uint8Array = new Uint8Array();
  const floats: number[] = [];
  const texts: Uint8Array[] = [];
  readMessage(data, {
    1: readInt((value) => (type = value)),
    2: readBytes((proto) => (shape = readShape(proto))),
    4: readBytes((value) => (content = value)),
    5: readFloats((value) => floats.push(value)),
    8: readBytes((value) => texts.push(value)),
  });
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (type === DATA_TYPES.float32 && floats.length === size) {
    return { dtype: 'float32', shape, values: Float32Array.from(floats) };
  }
  if (type === DATA_TYPES.float64 && content.length === size * 8) {
    // A copy: the file's memory need not be aligned to eight bytes.
    return { dtype: 'float64', shape, values: new Float64Array(new Uint8Array(content).buffer) };
  }
  return type === DATA_TYPES.string && texts.length === size
    ? { dtype: 'string', shape, values: texts }
    : undefined;
}

function readShape(data: Uint8Array): number[] {
  const shape: number[] = [];
  readMessage(data, {
    2: readBytes((dim) => {
      let size = 0;
      readMessage(dim, { 1: readInt((value) => (size = value)) });
      shape.push(size);
    }),
  });
  return shape;
}

/** No numbers at all: for summaries that only carry metadata. */
export const NULL_TENSOR: Tensor = { dtype: 'float32', shape: [0], values: new Float32Array() };
