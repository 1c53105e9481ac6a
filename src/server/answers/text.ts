/** JSON answers as text in pieces: the arrays are written from their float32 values while they are sent. */

import { endianness } from 'node:os';
import { sizeOf } from '../../size.ts';
import type { Encoding, Values } from './array.ts';

/** Characters of a piece: it takes the event loop about a millisecond. */
const PIECE = 64 * 1024;
/** Bytes of a value: as a number at most, and as base64. */
export const VALUE_BYTES: Readonly<Record<Encoding, number>> = { array: 24, base64: 16 / 3 };

/** An array in an answer, not yet written. */
export class ArrayAnswer {
  readonly values: Values;
  constructor(values: Values) {
    this.values = values;
  }
}

/** A list in an answer whose items are made when they are written. */
export class ListAnswer {
  readonly count: number;
  readonly item: (i: number) => unknown;
  constructor(count: number, item: (i: number) => unknown) {
    this.count = count;
    this.item = item;
  }
}

/** A JSON object whose members may be {@link ArrayAnswer}s or {@link ListAnswer}s, as text in pieces of about 64 KiB. */
export function* jsonPieces(body: Record<string, unknown>, encoding: Encoding): Generator<string> {
  let piece = '';
  for (const text of members(body, encoding)) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* members(body: Record<string, unknown>, encoding: Encoding): Generator<string> {
  let before = '{';
  for (const [key, value] of Object.entries(body)) {
    yield `${before}${JSON.stringify(key)}:`;
    before = ',';
    if (value instanceof ArrayAnswer) yield* arrayText(value.values, encoding);
    else if (value instanceof ListAnswer) yield* listText(value);
    else yield JSON.stringify(value);
  }
  yield before === '{' ? '{}' : '}';
}

function* listText({ count, item }: ListAnswer): Generator<string> {
  for (let i = 0; i < count; i++) yield `${i === 0 ? '[' : ','}${JSON.stringify(item(i))}`;
  yield count === 0 ? '[]' : ']';
}

function* arrayText({ data, shape }: Values, encoding: Encoding): Generator<string> {
  yield `{"type":"float32","shape":${JSON.stringify(shape)},"data":`;
  if (encoding === 'base64') yield* base64(data);
  else yield* nested(data, shape);
  yield '}';
}

/** Lists within lists, a row of the innermost at a time. */
function* nested(data: Float32Array, shape: readonly number[]): Generator<string> {
  const width = shape.at(-1) ?? 1;
  if (data.length === 0) {
    yield '[]';
    return;
  }
  // After how many values a list of each level ends, from the outermost.
  const sizes = shape.map((_, level) => sizeOf(shape.slice(level)));
  for (let at = 0; at < data.length; at += width) {
    const opens = sizes.filter((size) => at % size === 0).length;
    const closes = sizes.filter((size) => (at + width) % size === 0).length;
    const row = data.subarray(at, at + width).join(',');
    yield `${at === 0 ? '' : ','}${'['.repeat(opens)}${row}${']'.repeat(closes)}`;
  }
}

/** Of little-endian float32, in pieces of whole values and whole groups of base64. */
function* base64(data: Float32Array): Generator<string> {
  const step = 12_288;
  yield '"';
  for (let at = 0; at < data.length; at += step) {
    const values = data.subarray(at, at + step);
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    yield (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()).toString('base64');
  }
  yield '"';
}
