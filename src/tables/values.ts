/** The values that the columns of an encoding become. */
import type { SampleSpec } from '../samples/index.ts';
import type { EncodedColumn, TableEncoding } from './encoding.ts';

/** The names of a column's values: `age`, `colour=red`, `colour=(other)`, `age (missing)`. */
export function valueNames(column: EncodedColumn): string[] {
  const own =
    column.type === 'category'
      ? [...column.values, ...(column.other ? ['(other)'] : [])].map((value) => `${column.name}=${value}`)
      : [column.name];
  return column.indicator ? [...own, `${column.name} (missing)`] : own;
}

/** How many values a column becomes. */
export function widthOf(column: EncodedColumn): number {
  const own = column.type === 'category' ? column.values.length + (column.other ? 1 : 0) : 1;
  return own + (column.indicator ? 1 : 0);
}

/** For each value of an encoded row the position of its column in `encoding.columns`: to add up what belongs together. */
export function columnOfValue({ columns }: TableEncoding): Uint32Array {
  return Uint32Array.from(columns.flatMap((column, i) => new Array<number>(widthOf(column)).fill(i)));
}

/** The spec of encoded rows. Their stored values are not scaled: numbers in their own units, 0 or 1 for the others. */
export function specOfRows({ columns, offset, scale }: TableEncoding): SampleSpec {
  return {
    kind: 'row',
    shape: [offset.length],
    storage: 'float32',
    scaling: { type: 'columns', offset: Float32Array.from(offset), scale: Float32Array.from(scale) },
    range: null,
    columns: columns.flatMap(valueNames),
  };
}
