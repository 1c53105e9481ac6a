/** Columns of lists in Parquet: vectors, of which each number becomes a column. */
import { HourglassError } from '../../errors.ts';
import { type Cell, cellOfValue } from '../../tables/index.ts';
import { checkCount, numberedNames } from './reader.ts';

/** A column of the schema, as hyparquet has it. */
interface Column {
  element: {
    name: string;
    converted_type?: string | undefined;
    logical_type?: { type: string } | undefined;
    repetition_type?: string | undefined;
  };
}

/** A column of a table, and its cells by their row. */
export interface CellsOfColumn {
  name: string;
  cell(row: number): Cell;
}

interface Lists {
  about: string;
  /** The column of lists that has the rows. */
  main: string | undefined;
  isList(column: string): boolean;
  /** Whether a column is a list that is not the rows' array. */
  isLeftOut(column: string): boolean;
  /** The columns that a list becomes: `x1`, `x2`, … as of an array. `first` is a row that has a list. */
  columnsOf(at: (row: number) => unknown, first: number, place: (row: number) => string): CellsOfColumn[];
}

const isListOf = ({ element }: Column): boolean =>
  element.converted_type === 'LIST' ||
  element.logical_type?.type === 'LIST' ||
  element.repetition_type === 'REPEATED';

/**
 * The column of lists that has the rows, as the array of an NPZ file.
 * @throws HourglassError (data) if there are several and none is named, and for a name that no such column has.
 */
export function spreadLists(columns: readonly Column[], file: string, wanted: string | undefined): Lists {
  const names = columns.filter(isListOf).map(({ element }) => element.name);
  const known = names.slice(0, 8).join(', ') || 'none';
  if (wanted !== undefined && !names.includes(wanted))
    throw refuse(
      file,
      `must have a column '${wanted}' of lists`,
      known,
      'data.array names the column with the vectors',
    );
  if (wanted === undefined && names.length > 1)
    throw refuse(file, 'must have one column of lists', known, 'name it: data.array=<column>');
  const main = wanted ?? names[0];
  let size: number | null = null;
  return {
    about: main === undefined ? 'Parquet' : `Parquet, lists '${main}'`,
    main,
    isList: (column) => column === main,
    isLeftOut: (column) => column !== main && names.includes(column),
    columnsOf(at, first, place) {
      size ??= lengthOf(at(first), place(first));
      checkCount(size, file);
      let [row, list]: [number, ArrayLike<unknown>] = [-1, []];
      // Cells are asked for row by row: a list is looked at once.
      const listAt = (wantedRow: number): ArrayLike<unknown> => {
        if (row !== wantedRow) [row, list] = [wantedRow, listOf(at(wantedRow), size!, place(wantedRow))];
        return list;
      };
      return numberedNames(size).map((name, i) => ({
        name,
        cell: (of) => cellIn(listAt(of)[i], () => `${place(of)}, number ${i + 1}`),
      }));
    },
  };
}

const isArray = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);

function lengthOf(value: unknown, place: string): number {
  if (isArray(value) && value.length > 0) return value.length;
  throw refuse(
    place,
    'must be a list of numbers',
    value === null || value === undefined ? 'none' : 'another',
  );
}

function listOf(value: unknown, size: number, place: string): ArrayLike<unknown> {
  // A row without a list has no values.
  if (value === null || value === undefined) return [];
  if (isArray(value) && value.length === size) return value;
  throw refuse(
    place,
    `must be a list of ${size} numbers, as in the first row`,
    isArray(value) ? value.length : value,
  );
}

function cellIn(value: unknown, place: () => string): Cell {
  const found = cellOfValue(value);
  if (found !== null && typeof found.cell !== 'string') return found.cell;
  // Infinity is a text, which an encoding refuses with its place.
  if (typeof value === 'number' || typeof value === 'bigint') return found!.cell;
  throw refuse(place(), 'must be a number', isArray(value) ? 'a list' : String(value).slice(0, 40));
}

function refuse(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('data', { subject, rule, got, ...(hint === undefined ? {} : { hint }) });
}
