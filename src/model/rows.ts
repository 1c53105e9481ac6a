/** Models of rows: what their files say of the columns, the rows that a caller gives, and the model in scaled units. */
import * as z from 'zod/mini';
import { HourglassError } from '../errors.ts';
import type { Manifest } from '../record/index.ts';
import { type ColumnScaling, rowSpec, scaleInto } from '../samples/index.ts';
import { refuse } from './content.ts';
import { kindOf, requireWhole } from './given-arrays.ts';

/** Rows one after the other, or a list of rows of numbers: finite, in the units of their columns. */
export type RowValues = Float32Array | Float64Array | readonly number[] | readonly (readonly number[])[];

/** The columns of a model of rows. */
export interface RowInfo {
  /** The name of each column, in the order of a row's values. */
  columns: readonly string[];
  /** Subtracted from the values of each column before the network takes them. */
  offset: readonly number[];
  /** What they are then divided by. */
  scale: readonly number[];
  /** How rows of a table become these columns, as the table's encoding in the model's metadata; null for given arrays. */
  table: unknown;
}

const rowsSchema = z.object({
  columns: z.array(z.string()).check(z.minLength(1)),
  offset: z.array(z.number()),
  scale: z.array(z.number()),
  table: z.optional(z.unknown()),
});

/** Metadata on the columns; none for images. */
export function rowsMetadata(dataset: Manifest['dataset']): Record<string, string> {
  const { rows } = dataset;
  if (!rows) return {};
  const { table = null } = dataset as { table?: unknown };
  return { rows: JSON.stringify({ ...rows, table }) };
}

/**
 * What a model's metadata say of its columns; null for a model of images.
 * @throws HourglassError (data) for nonsense.
 */
export function readRows(text: string | undefined, source: string): RowInfo | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const { data } = rowsSchema.safeParse(value);
  const count = data?.columns.length;
  if (data === undefined || data.offset.length !== count || data.scale.length !== count)
    throw refuse(source, 'does not describe its columns');
  return { ...data, table: data.table ?? null };
}

/** The scaling within the graphs of a model of rows. */
export const scalingOf = ({ offset, scale }: Pick<RowInfo, 'offset' | 'scale'>): ColumnScaling => ({
  type: 'columns',
  offset: Float32Array.from(offset),
  scale: Float32Array.from(scale),
});

/**
 * A copy of rows as a caller gives them, one after the other.
 * @throws HourglassError for anything but whole rows of finite numbers, naming row and column.
 */
export function rowsOf(given: unknown, columns: readonly string[]): Float32Array {
  const list = Array.isArray(given) && given.some((row) => typeof row === 'object') ? given.map(rowOf) : null;
  const isFlat = Array.isArray(given) || ArrayBuffer.isView(given);
  if (list === null && !isFlat) {
    throw new HourglassError('usage', {
      subject: 'rows',
      rule: 'must be a Float32Array, or a list of rows of numbers',
      got: kindOf(given),
    });
  }
  const odd = list?.findIndex((row) => row.length !== columns.length) ?? -1;
  if (odd >= 0) {
    throw new HourglassError('data', {
      subject: `row ${odd}`,
      rule: `must have ${columns.length} values: ${listed(columns)}`,
      got: list![odd]!.length,
    });
  }
  const numbers = list === null ? (given as ArrayLike<number>) : list.flat();
  const values = new Float32Array(numbers);
  requireWhole('rows', values.length, [columns.length]);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return values;
  throw new HourglassError('usage', {
    subject: 'rows',
    rule: `must have finite numbers: row ${Math.floor(wrong / columns.length)}, column ${columns[wrong % columns.length]} has not`,
    got: String(numbers[wrong]),
  });
}

const rowOf = (row: unknown): number[] =>
  Array.isArray(row) || ArrayBuffer.isView(row) ? Array.from(row as unknown as ArrayLike<number>) : [];

const listed = (columns: readonly string[]): string =>
  columns.length <= 6 ? columns.join(', ') : `${columns.slice(0, 5).join(', ')}, …`;

/** Rows in the units that the network sees. */
export function scaledRows(rows: RowInfo, values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  scaleInto(rowSpec(rows.columns, scalingOf(rows)), values, out);
  return out;
}
