/** Rows of cells to the numbers that a model takes, by an encoding. */
import { HourglassError } from '../errors.ts';
import { type Cell, textOf } from './cells.ts';
import type { EncodedColumn, TableEncoding } from './encoding.ts';
import { widthOf } from './values.ts';

/** Writes the values of a cell into a row; they are 0 before. */
type CellEncoder = (cell: Cell, into: Float32Array, at: number, place: () => string) => void;

/** Encodes rows by an encoding. The cells of a row are in the order of the encoding's columns. */
export class RowEncoder {
  /** Values of a row. */
  readonly width: number;
  private readonly drops: boolean;
  private readonly columns: readonly { at: number; encode: CellEncoder }[];

  constructor({ columns, missing, offset }: TableEncoding) {
    this.width = offset.length;
    this.drops = missing === 'drop';
    let at = 0;
    this.columns = columns.map((column) => {
      const start = at;
      at += widthOf(column);
      return { at: start, encode: encoderOf(column, missing === 'mean') };
    });
  }

  /** Whether a row has to be left out, because a value is missing in it. */
  isDropped(cells: readonly Cell[]): boolean {
    return this.drops && this.columns.some((_, i) => (cells[i] ?? null) === null);
  }

  /**
   * Writes the values of a row into `into` from `start` on.
   * @param place names the row in errors.
   * @throws HourglassError (data) naming row and column, for a cell that is missing or not of the column's type.
   */
  encode(cells: readonly Cell[], into: Float32Array, start: number, place: () => string): void {
    into.fill(0, start, start + this.width);
    for (let i = 0; i < this.columns.length; i++) {
      const { at, encode } = this.columns[i]!;
      encode(cells[i] ?? null, into, start + at, place);
    }
  }
}

function encoderOf(column: EncodedColumn, fills: boolean): CellEncoder {
  const indicator = column.indicator ? widthOf(column) - 1 : null;
  const encodeMissing: CellEncoder = (_, into, at, place) => {
    if (!fills) throw refuse(place, column, 'must have a value', 'none', MISSING_HINT);
    if (column.type !== 'category') into[at] = column.mean;
    if (indicator !== null) into[at + indicator] = 1;
  };
  const encode = presentEncoder(column);
  return (cell, into, at, place) =>
    cell === null ? encodeMissing(cell, into, at, place) : encode(cell, into, at, place);
}

const MISSING_HINT =
  'correct it, or train with data.missing=mean, which puts the mean in its place, or data.missing=drop, which leaves such rows out';

function presentEncoder(column: EncodedColumn): (cell: number | string, ...rest: Rest) => void {
  switch (column.type) {
    case 'number':
      return (cell, into, at, place) => {
        if (typeof cell === 'string') throw refuse(place, column, 'must be a number', cell);
        into[at] = cell;
        if (!Number.isFinite(into[at]!)) {
          throw refuse(place, column, 'must be a number that single precision can hold', String(cell));
        }
      };
    case 'boolean': {
      const [no, yes] = column.words;
      return (cell, into, at, place) => {
        const word = textOf(cell).toLowerCase();
        // Other programs write true and false so, whatever the words of the file; JSON has values of its own for them.
        if (word === yes || word === '1' || word === 'true') into[at] = 1;
        else if (word !== no && word !== '0' && word !== 'false')
          throw refuse(place, column, `must be ${no} or ${yes}`, textOf(cell));
      };
    }
    case 'category': {
      const places = new Map(column.values.map((value, i) => [value, i]));
      const other = column.other ? column.values.length : null;
      return (cell, into, at, place) => {
        const text = textOf(cell);
        const found = places.get(text) ?? other;
        if (found === null) throw refuse(place, column, 'must be a category of the training rows', text);
        into[at + found] = 1;
      };
    }
  }
}

type Rest = [into: Float32Array, at: number, place: () => string];

function refuse(
  place: () => string,
  { name }: EncodedColumn,
  rule: string,
  got: string,
  hint?: string,
): HourglassError {
  return new HourglassError('data', {
    subject: `${place()}, column '${name}'`,
    rule,
    got: got.replace(/\s+/g, ' ').slice(0, 40),
    ...(hint === undefined ? {} : { hint }),
  });
}
