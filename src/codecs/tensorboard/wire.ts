/**
 * Protobuf's wire format, by field numbers: the few kinds of field that TensorBoard's messages are made of,
 * written and read through a library. Knows no message.
 */
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

export type Write = (writer: BinaryWriter) => void;
type Bytes = Uint8Array<ArrayBuffer>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** The bytes of one message. */
export function encodeMessage(write: Write): Bytes {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

export function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, LENGTH_DELIMITED).fork();
  write(writer);
  writer.join();
}

/** A field that is left out where there is nothing to write, as proto3 does. */
export function optionalText(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined && value !== '') text(writer, field, value);
}

export function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, LENGTH_DELIMITED).string(value);
}

export function bytes(writer: BinaryWriter, field: number, value: Uint8Array): void {
  writer.tag(field, LENGTH_DELIMITED).bytes(value);
}

export function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, VARINT).int64(value);
}

export function double(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, FIXED64).double(value);
}

export function bool(writer: BinaryWriter, field: number, value: boolean): void {
  writer.tag(field, VARINT).bool(value);
}

type Field = (reader: BinaryReader, wireType: number) => void;

/**
 * Reads one message: `fields` takes a field by its number, all others are skipped.
 * @throws Error, of any kind, if the bytes are not a message or a field has another type.
 */
export function readMessage(data: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = new BinaryReader(data);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const take = fields[field];
    if (take === undefined) reader.skip(wireType, field);
    else take(reader, wireType);
  }
  if (reader.pos !== reader.len) throw new RangeError('a field runs over the end of its message');
}

function field<T>(type: number, read: (reader: BinaryReader) => T): (take: (value: T) => void) => Field {
  return (take) => (reader, wireType) => {
    if (wireType !== type) throw new RangeError(`a field has wire type ${wireType} instead of ${type}`);
    take(read(reader));
  };
}

export const readText = field(LENGTH_DELIMITED, (reader) => reader.string());
/** A part of the message's own memory, not a copy. */
export const readBytes = field(LENGTH_DELIMITED, (reader) => reader.bytes());
export const readDouble = field(FIXED64, (reader) => reader.double());
export const readInt = field(VARINT, (reader) => {
  const value = Number(reader.int64());
  if (!Number.isSafeInteger(value)) throw new RangeError(`an integer is as large as ${value}`);
  return value;
});

/** float32, one by one or packed: a reader must take both. */
export const readFloats =
  (take: (value: number) => void): Field =>
  (reader, wireType) => {
    if (wireType === FIXED32) return take(reader.float());
    readBytes((packed) => {
      const floats = new BinaryReader(packed);
      while (floats.pos < floats.len) take(floats.float());
    })(reader, wireType);
  };
