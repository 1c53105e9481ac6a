/** The encoding that a model of rows has recorded. */
import { type TableEncoding, tableEncodingSchema } from './encoding.ts';
import { plainEncoding } from './plain.ts';

/**
 * How rows become what a model takes: the encoding of the table that it was trained on; of a model that was trained on an
 * array, columns of numbers.
 */
export function recordedEncoding({
  columns,
  offset,
  scale,
  table,
}: {
  columns: readonly string[];
  offset: readonly number[];
  scale: readonly number[];
  table: unknown;
}): TableEncoding {
  return tableEncodingSchema.safeParse(table).data ?? plainEncoding(columns, offset, scale);
}
