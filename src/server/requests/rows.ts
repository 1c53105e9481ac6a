/** Rows of a table in JSON: objects with a value for each column, or lists of values in the order of the columns. */
import { z } from '@hono/zod-openapi';
import { HourglassError } from '../../errors.ts';
import {
  ChangeTally,
  changedConstants,
  encodeRecords,
  matchColumns,
  type TableEncoding,
} from '../../tables/index.ts';
import { Problem, quoted, short } from '../problem.ts';
import { packed, type RowShape, rowsOf, type TensorInput } from './tensor.ts';

/** How a request or an answer writes rows. */
export const ROW_FORMS = ['objects', 'lists', 'array'] as const;
export type RowForm = (typeof ROW_FORMS)[number];

/** Keys and values that a row may have besides its columns. */
export const FURTHER = 100;

/** Columns that a note names. */
const MOST_NAMED = 5;

export const cellSchema = z
  .union([z.number(), z.string(), z.boolean(), z.null()])
  .openapi('Cell', { description: 'The value of a column; null for a missing one.' });

const rowSchema = z.union([
  z.record(z.string(), cellSchema).openapi({ description: 'values by the names of the columns' }),
  z.array(cellSchema).openapi({ description: 'values in the order of the columns' }),
]);

/** Rows in an answer. */
export const rowsSchema = z.array(rowSchema).openapi({ example: [{ width: 10.5, steel: 'A4' }] });

/** What stands for rows in a request; {@link tableRowsOf} checks the rows themselves. */
export const givenRowsSchema = z.union(
  [
    z.custom<unknown[]>(Array.isArray).openapi({
      type: 'array',
      minItems: 1,
      items: { anyOf: [{ type: 'object' }, { type: 'array', items: {} }] },
      description:
        'rows: objects with values by the names of the columns, or lists in the order of the columns',
    }),
    packed.openapi({ description: "the model's own values, [n, values], in the units of the columns" }),
  ],
  { error: 'must be a list of rows or an array object' },
);

export interface TableRows {
  rows: Float32Array;
  count: number;
  form: RowForm;
  /** In how many constant columns of the training rows each row has another value; absent for rows as an array. */
  changedConstants?: number[];
  notes: string[];
}

/**
 * The rows of a request, encoded as the model's training rows were.
 * @param most how many there may be.
 * @throws Problem 413 for too many, 422 for a row that does not fit its columns, which it names.
 */
export function tableRowsOf(given: unknown, shape: RowShape, table: TableEncoding, most: number): TableRows {
  if (!Array.isArray(given)) {
    return { ...rowsOf(given as TensorInput, shape, most), form: 'array', notes: [] };
  }
  const isOne = given.length > 0 && given.every((value) => typeof value !== 'object' || value === null);
  const list: unknown[] = isOne ? [given] : given;
  if (list.length === 0) throw new Problem(422, 'rows must hold at least one row.');
  if (list.length > most) throw new Problem(413, `A request may hold at most ${most} rows.`);
  const objects = list.filter((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
  try {
    const notes = objects.length === 0 ? [] : unknownColumns(objects as object[], table);
    const rows = encodeRecords(table, list);
    const changed = changedConstants(table, list);
    const changes = new ChangeTally();
    for (const [i, found] of changed.entries()) changes.add(String(i + 1), found);
    return {
      rows,
      count: list.length,
      form: Array.isArray(list[0]) ? 'lists' : 'objects',
      changedConstants: changed.map(({ length }) => length),
      notes: [...notes, ...changes.notes()],
    };
  } catch (error) {
    throw asProblem(error, 422);
  }
}

/** An error on rows as an answer; others stay as they are. */
export const asProblem = (error: unknown, status: 400 | 422): unknown =>
  error instanceof HourglassError
    ? new Problem(status, short(error.message).replace(/[^.?]$/, '$&.'))
    : error;

/** @throws HourglassError for a column that no row has, where missing values are refused. */
function unknownColumns(rows: readonly object[], table: TableEncoding): string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const { unknown } = matchColumns(table, [...names], 'rows', table.missing === 'mean');
  if (unknown.length === 0) return [];
  const named = unknown.slice(0, MOST_NAMED).map(quoted).join(', ');
  const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : '';
  return [`the model does not know ${named}${more}, which ${unknown.length === 1 ? 'is' : 'are'} left out`];
}
