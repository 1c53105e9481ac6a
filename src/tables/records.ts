/** Rows as JSON has them, to the numbers that a model takes. */
import { HourglassError } from '../errors.ts';
import { type Cell, cellOf, cellOfValue } from './cells.ts';
import { type ChangedConstant, changeOf, constantColumns } from './constants.ts';
import { RowEncoder } from './encode.ts';
import type { TableEncoding } from './encoding.ts';

/**
 * Encodes rows: objects with a value for each column by its name, or lists of values in the order of the encoding's columns.
 * A column that an object does not have is a missing value; further ones are left out. Texts are read as those of a file.
 * @returns [rows, values], in the columns' own units.
 * @throws HourglassError (data) naming row and column, for a value that does not fit its column.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { dataSchema, encodeRecords } from 'hourglass';
 *
 * const lines = Array.from({ length: 40 }, (_, i) => `${10 + ((i * i) % 7)},${i % 2 ? 'A2' : 'A4'}`);
 * writeFileSync('parts.csv', `width,steel\n${lines.join('\n')}\n`);
 * const { encoding } = await dataSchema('basic', { 'data.set': 'parts.csv' });
 * console.log(encodeRecords(encoding, [{ width: 12, steel: 'A4' }])); // Float32Array(4) [ 12, … ]
 * ```
 */
export function encodeRecords(
  encoding: TableEncoding,
  rows: readonly unknown[],
  subject = 'rows',
): Float32Array {
  const { columns } = encoding;
  const encoder = new RowEncoder(encoding);
  const values = new Float32Array(rows.length * encoder.width);
  for (const [i, row] of rows.entries()) {
    const place = () => `${subject}, row ${i + 1}`;
    const refuse = (rule: string, got: unknown) =>
      new HourglassError('data', { subject: place(), rule, got });
    if (typeof row !== 'object' || row === null)
      throw refuse('must be an object or a list', JSON.stringify(row));
    if (Array.isArray(row) && row.length !== columns.length) {
      throw refuse(`must have ${columns.length} values, in the order of the columns`, row.length);
    }
    const cells = columns.map(({ name }, at): Cell => {
      const value: unknown = Array.isArray(row) ? row[at] : ownValue(row, name);
      const found = cellIn(value);
      if (found !== null) return found.cell;
      throw new HourglassError('data', {
        subject: `${place()}, column '${name}'`,
        rule: 'must be a number, a text, true, false or null',
        got: JSON.stringify(value)?.slice(0, 40),
      });
    });
    if (encoder.isDropped(cells)) throw refuse('must have a value in each column', 'none in one of them');
    encoder.encode(cells, values, i * encoder.width, place);
  }
  return values;
}

const ownValue = (row: object, name: string): unknown =>
  Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : null;

/** Texts are read as those of a file. */
const cellIn = (value: unknown): { cell: Cell } | null =>
  typeof value === 'string' ? { cell: cellOf(value) } : cellOfValue(value);

/**
 * For each row the columns that had one value in all training rows, and in which this row has another: the model does not see
 * them. Rows are as for {@link encodeRecords}; a list has no values for these columns.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { changedConstants, dataSchema } from 'hourglass';
 *
 * const lines = Array.from({ length: 40 }, (_, i) => `${10 + ((i * i) % 7)},mm`);
 * writeFileSync('parts.csv', `width,unit\n${lines.join('\n')}\n`);
 * const { encoding } = await dataSchema('basic', { 'data.set': 'parts.csv' });
 * console.log(changedConstants(encoding, [{ width: 12, unit: 'inch' }]));
 * // [ [ { column: 'unit', value: 'inch', expected: 'mm' } ] ]
 * ```
 */
export function changedConstants(encoding: TableEncoding, rows: readonly unknown[]): ChangedConstant[][] {
  const constants = constantColumns(encoding);
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return [];
    return constants.flatMap(
      (constant) => changeOf(constant, cellIn(ownValue(row, constant.name))?.cell ?? null) ?? [],
    );
  });
}
