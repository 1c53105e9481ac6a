/** Arrays in JSON: nested lists of numbers, or bytes in base64 with their type and shape. */

import { z } from '@hono/zod-openapi';
import { SCALED_BYTES } from '../../samples/index.ts';
import { sizeOf } from '../../size.ts';
import type { TableEncoding } from '../../tables/index.ts';
import { Problem } from '../problem.ts';

/** What a list may look like; numbers are checked by {@link rowsOf}, a thousand times faster than by a schema. */
const nested = z
  .custom<unknown[]>(Array.isArray, 'must be a list of numbers')
  .openapi({ type: 'array', items: {}, description: 'numbers, nested according to the shape' });

export const packed = z
  .strictObject({
    type: z
      .enum(['float32', 'uint8'])
      .default('float32')
      .openapi({ description: 'the type of `data`; bytes from 0 to 255 stand for 0 to 1' }),
    shape: z.array(z.int().min(1)).min(1).max(5).optional(),
    data: z
      .union([z.string(), nested])
      .openapi({ description: 'nested numbers, or base64 of little-endian float32 or of bytes' }),
  })
  .openapi('Array', { description: 'An array with its type and its shape.' });

/** What stands for an array in a request. */
export const tensorSchema = z.union([nested, packed], {
  error: 'must be a list of numbers or an array object',
});

export type TensorInput = z.output<typeof tensorSchema>;

export interface RowShape {
  /** What one is called, in errors. */
  name: string;
  /** The shape of one: [channels, height, width] or [units]. */
  shape: readonly number[];
  /** How rows of a table become these values. */
  table?: TableEncoding;
}

/** Values beyond this leave no room to compute with in float32, whose largest is 3.4e38. */
export const LARGEST_CODE = 1e30;

/**
 * The rows that a request's array holds, one after the other.
 * @param most how many there may be.
 * @throws Problem 413 for too many, 422 for another shape or for what is no finite number.
 */
export function rowsOf(
  input: TensorInput,
  row: RowShape,
  most: number,
): { rows: Float32Array; count: number } {
  const { type, data, shape } = Array.isArray(input)
    ? { type: 'float32' as const, data: input, shape: undefined }
    : input;
  const width = sizeOf(row.shape);
  const held = typeof data === 'string' ? unpacked(data, type) : flattened(data, most * width, row);
  const given = shape ?? held.shape;
  if (given !== undefined && sizeOf(given) !== held.values.length) {
    throw new Problem(422, `The shape ${shown(given)} does not fit ${held.values.length} values.`);
  }
  if (given !== undefined && !fits(given, row.shape)) throw misshapen(shown(given), row);
  const count = held.values.length / width;
  if (!Number.isInteger(count) || count === 0) throw misshapen(`${held.values.length} values`, row);
  if (count > most) throw tooMany(row, most);
  const isImage = row.name === 'images';
  const rows = new Float32Array(held.values.length);
  for (let i = 0; i < rows.length; i++) {
    const value = held.values[i]!;
    if (!Number.isFinite(value) || Math.abs(value) > LARGEST_CODE) {
      throw new Problem(
        422,
        `Every value must be a finite number, up to ±${LARGEST_CODE}; value ${i} is not.`,
      );
    }
    if (type === 'uint8') {
      if (!Number.isInteger(value) || value < 0 || value > 255 || !isImage) {
        throw new Problem(422, 'uint8 is for images: whole numbers from 0 to 255.');
      }
      rows[i] = SCALED_BYTES[value]!;
    } else {
      if (isImage && !(value >= 0 && value <= 1)) {
        const hint = `{"type":"uint8","data":[…]}`;
        throw new Problem(422, `Values of images lie in [0, 1]; for bytes from 0 to 255 send ${hint}.`);
      }
      rows[i] = value;
    }
  }
  return { rows, count };
}

/** Whether a shape is one row, rows, or rows as flat lists; a single channel may go without saying. */
function fits(given: readonly number[], row: readonly number[]): boolean {
  const width = sizeOf(row);
  const short = row.length === 3 && row[0] === 1 ? row.slice(1) : row;
  const same = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((size, i) => size === b[i]);
  const one = [row, short, [width]];
  return one.some((shape) => same(given, shape) || same(given.slice(1), shape));
}

function unpacked(text: string, type: 'float32' | 'uint8'): { values: ArrayLike<number>; shape?: number[] } {
  // Node's own decoder skips invalid characters; an error is better for the client.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new Problem(422, "'data' must be base64, with its padding and without line breaks.");
  }
  const bytes = Buffer.from(text, 'base64');
  if (type === 'uint8') return { values: bytes };
  if (bytes.length % 4 !== 0)
    throw new Problem(422, `${bytes.length} bytes are not a multiple of four, the size of a float32.`);
  const values = new Float32Array(bytes.length / 4);
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(4 * i);
  return { values };
}

/** Numbers of nested lists in order, and their shape; all lists of a level must be of one length. */
function flattened(list: unknown[], most: number, row: RowShape): { values: Float64Array; shape: number[] } {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.length > 5) throw misshapen(`${shape.length} levels of lists`, row);
  const total = sizeOf(shape);
  // Before memory is set aside for them.
  if (total > most) throw tooMany(row, most / sizeOf(row.shape));
  const values = new Float64Array(total);
  let at = 0;
  const walk = (level: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof level !== 'number') throw new Problem(422, 'Lists must hold only numbers.');
      values[at++] = level;
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[depth]) {
      throw new Problem(422, 'Lists within a list must have the same length.');
    }
    for (const inner of level) walk(inner, depth + 1);
  };
  walk(list, 0);
  return { values, shape };
}

const shown = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

function misshapen(got: string, { name, shape }: RowShape): Problem {
  const size = sizeOf(shape);
  return new Problem(422, `${name} must be [n, ${shape.join(', ')}], ${size} values each; got ${got}.`);
}

const tooMany = ({ name }: RowShape, most: number): Problem =>
  new Problem(413, `A request may hold at most ${most} ${name}.`);
