/**
 * Protobuf messages, read strictly: a field that the reader does not name, that has another type, or that comes
 * twice where one may be is refused. So two readers of one file cannot see two models in it.
 */
import { WireReader } from './wire.ts';

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** What to do with a field; `list` where it may come more than once. */
export interface Field {
  read: (reader: WireReader, wireType: number) => void;
  list?: true;
}

/** A message's fields by their numbers; a text instead of one says why it is refused. */
export interface Message {
  name: string;
  fields: Readonly<Record<number, Field | string>>;
  /** Called when all of it is read. */
  done?: () => void;
}

export function readMessage(bytes: Uint8Array, message: Message): void {
  const reader = new WireReader(bytes);
  read(reader, message, reader.len);
}

function read(reader: WireReader, { name, fields, done }: Message, length: number): void {
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('a message is longer than the file');
  const seen = new Set<number>();
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field === undefined) throw new RangeError(`field ${number} of ${name} is unknown`);
    if (typeof field === 'string') throw new RangeError(field);
    if (field.list === undefined && seen.has(number)) {
      throw new RangeError(`field ${number} of ${name} comes twice`);
    }
    seen.add(number);
    field.read(reader, wireType);
  }
  if (reader.pos !== end) throw new RangeError(`a field runs over the end of ${name}`);
  done?.();
}

function demand(wireType: number, expected: number): void {
  if (wireType !== expected) throw new RangeError('a field is of another type than ONNX gives it');
}

function whole(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`a number is ${value}`);
  return number;
}

export const integer = (set: (value: number) => void): Field => ({
  read(reader, wireType) {
    demand(wireType, VARINT);
    set(whole(reader.int64()));
  },
});

/** A list of integers, each a field of its own or many packed into one: a reader must take both. */
export const integers = (add: (value: number) => void): Field => ({
  list: true,
  read(reader, wireType) {
    if (wireType === VARINT) {
      add(whole(reader.int64()));
      return;
    }
    demand(wireType, LENGTH_DELIMITED);
    const packed = new WireReader(reader.bytes());
    while (packed.pos < packed.len) add(whole(packed.int64()));
  },
});

export const float = (set: (value: number) => void): Field => ({
  read(reader, wireType) {
    demand(wireType, FIXED32);
    set(reader.float());
  },
});

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const text = (set: (value: string) => void): Field => ({
  read(reader, wireType) {
    demand(wireType, LENGTH_DELIMITED);
    set(UTF8.decode(reader.bytes()));
  },
});

export const texts = (add: (value: string) => void): Field => ({ ...text(add), list: true });

/** A view of the file, not a copy. */
export const bytes = (set: (value: Uint8Array) => void): Field => ({
  read(reader, wireType) {
    demand(wireType, LENGTH_DELIMITED);
    set(reader.bytes());
  },
});

export const message = (start: () => Message): Field => ({
  read(reader, wireType) {
    demand(wireType, LENGTH_DELIMITED);
    read(reader, start(), reader.uint32());
  },
});

export const messages = (start: () => Message): Field => ({ ...message(start), list: true });
