/** Encoded rows back as cells, and what belongs to one column added up. */
import type { Cell } from './cells.ts';
import type { EncodedColumn, TableEncoding } from './encoding.ts';
import { columnOfValue, widthOf } from './values.ts';

/** The category of values that no category of the training rows has. */
const OTHER = '(other)';

/**
 * The cells of a row, in the order of the encoding's columns, from its values in the columns' own units: those of a row, or a
 * reconstruction. A boolean is the nearer of its words, a category the one with the largest value.
 */
export function decodeRow({ columns }: TableEncoding, values: Float32Array): Cell[] {
  let at = 0;
  return columns.map((column) => {
    const width = widthOf(column);
    const own = values.subarray(at, at + width);
    at += width;
    return cellIn(column, own);
  });
}

function cellIn(column: EncodedColumn, own: Float32Array): Cell {
  if (column.indicator && own[own.length - 1]! > 0.5) return null;
  switch (column.type) {
    case 'number':
      return Number(own[0]!.toPrecision(7));
    case 'boolean':
      return column.words[own[0]! > 0.5 ? 1 : 0]!;
    case 'category': {
      const choices = own.subarray(0, column.values.length + (column.other ? 1 : 0));
      const largest = choices.reduce((best, value, i) => (value > choices[best]! ? i : best), 0);
      return column.values[largest] ?? OTHER;
    }
  }
}

/** What each column contributes to the scores of rows, [rows, columns], from what each value does, [rows, values]. */
export function sumByColumn(encoding: TableEncoding, contributions: ArrayLike<number>): Float64Array {
  const columnOf = columnOfValue(encoding);
  const columns = encoding.columns.length;
  const rows = contributions.length / columnOf.length;
  const sums = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columnOf.length; i++) {
      sums[row * columns + columnOf[i]!]! += contributions[row * columnOf.length + i]!;
    }
  }
  return sums;
}

export interface ColumnShare {
  /** The position of the column in the encoding. */
  column: number;
  /** Its share of the row's score, 0 to 1. */
  share: number;
}

/** The columns that contribute most to a row's score, the largest first. Negative contributions count as none. */
export function largestShares(contributions: Float64Array, most: number): ColumnShare[] {
  const positive = [...contributions].map((value) => Math.max(0, value));
  const total = positive.reduce((sum, value) => sum + value, 0) || 1;
  return positive
    .map((value, column) => ({ column, share: value / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.column - b.column)
    .slice(0, most);
}
