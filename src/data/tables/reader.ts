/** What a reader of tables gives, whatever the format. */
import { HourglassError } from '../../errors.ts';
import type { Cell } from '../../tables/index.ts';

/** Some rows of a file, in order. */
export interface RowGroup {
  /** The names of the columns. A later group may have more of them, but never others or in another order. */
  names: readonly string[];
  /** The cells of each row; those that a row does not have at its end are missing. */
  rows: Cell[][];
}

export interface TableReader {
  /** The format in words: `CSV with semicolons and a heading`. */
  about: string;
  /** The column of lists whose numbers are the columns x1, x2, …, if there is one. */
  list?: string | undefined;
  /** Whether later groups may have more columns. */
  grows: boolean;
  groups: AsyncIterable<RowGroup>;
}

export interface ReadSettings {
  /** Whether the first line of a CSV has the names; by default what it looks like. */
  header?: boolean | undefined;
  /** The array of an NPZ or safetensors file with the rows, or the column of lists of a Parquet file. */
  array?: string | undefined;
}

/** The most columns of a table. */
const MOST_COLUMNS = 65_536;

/** @throws HourglassError (data) for more columns than a table may have, or the same name twice. */
export function checkNames(names: readonly string[], file: string): void {
  checkCount(names.length, file);
  const places = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const first = places.get(name);
    if (first !== undefined) {
      throw new HourglassError('data', {
        subject: file,
        rule: 'must have a different name for each column',
        got: `'${name.slice(0, 40)}' for columns ${first + 1} and ${i + 1}`,
        hint: 'rename one of them',
      });
    }
    places.set(name, i);
  }
}

export function checkCount(columns: number, file: string): void {
  if (columns <= MOST_COLUMNS) return;
  throw new HourglassError('data', {
    subject: file,
    rule: `must have at most ${MOST_COLUMNS.toLocaleString('en')} columns`,
    got: columns,
    hint: 'if its rows are columns, transpose it',
  });
}

/** Names of columns that have none. */
export const numberedNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `x${i + 1}`);

/** How many rows of so many columns are read at a time. */
export const rowsAtOnce = (columns: number): number =>
  Math.max(1, Math.min(4096, Math.floor(2 ** 17 / columns)));
