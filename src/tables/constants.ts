/**
 * Columns that had one value in all training rows, or none. The model does not see them, so a later row with another value
 * there is reported: it may be what somebody looks for.
 */
import { type Cell, textOf } from './cells.ts';
import type { TableEncoding } from './encoding.ts';

/** A column that had one value in all training rows. */
export interface ConstantColumn {
  /** The column's name. */
  name: string;
  /** The value; null if no training row had one. */
  value: number | string | null;
}

/** A constant column in which a row has another value than the training rows. */
export interface ChangedConstant {
  /** The column's name. */
  column: string;
  /** The value of the row. */
  value: number | string;
  /** The value of the training rows; null if they had none. */
  expected: number | string | null;
}

/** The constant columns of an encoding; those of an older hourglass have no values recorded, and are not among them. */
export const constantColumns = ({ leftOut }: TableEncoding): ConstantColumn[] =>
  leftOut.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));

/** What has changed in a cell of a constant column; null if nothing has, or if the cell is empty. */
export function changeOf({ name, value }: ConstantColumn, cell: Cell): ChangedConstant | null {
  if (cell === null || (value !== null && textOf(cell) === textOf(value))) return null;
  return { column: name, value: cell, expected: value };
}

/** Columns that a note names. */
const MOST_NAMED = 5;

/** A column with another value, in how many rows, and the first of these. */
interface Found {
  change: ChangedConstant;
  rows: number;
  first: string;
}

export type SavedChanges = readonly Found[];

/** Counts changed constants over many rows. */
export class ChangeTally {
  private readonly found: Map<string, Found>;

  /** @param saved what an earlier one saved, to continue there. */
  constructor(saved: SavedChanges = []) {
    this.found = new Map(saved.map((one) => [one.change.column, { ...one }]));
  }

  save(): SavedChanges {
    return [...this.found.values()];
  }

  add(row: string, changes: readonly ChangedConstant[]): void {
    for (const change of changes) {
      const known = this.found.get(change.column);
      if (known === undefined) this.found.set(change.column, { change, rows: 1, first: row });
      else known.rows++;
    }
  }

  /** The columns, with how many rows have another value, and the first of these. */
  columns(): { column: string; expected: number | string | null; rows: number; first: string }[] {
    return [...this.found.values()].map(({ change: { column, expected }, rows, first }) => {
      return { column, expected, rows, first };
    });
  }

  /** A sentence for each column, and one for those that are too many to name. */
  notes(): string[] {
    const all = [...this.found.values()];
    const told = all.slice(0, MOST_NAMED).map(({ change, rows, first }) => {
      const count = rows === 1 ? '1 row has' : `${rows.toLocaleString('en')} rows have`;
      const had =
        change.expected === null
          ? 'no training row had a value'
          : `all training rows had the value ${quoted(change.expected)}`;
      return `column '${change.column}': ${had}, so the model does not see the column; ${count} ${change.expected === null ? 'one' : 'another'} (first: row ${first}, ${quoted(change.value)})`;
    });
    const more = all.length - told.length;
    if (more > 0) told.push(`${more.toLocaleString('en')} more such columns have another value`);
    return told;
  }
}

const quoted = (value: number | string): string =>
  JSON.stringify(typeof value === 'string' ? value.slice(0, 40) : value);
