/** What the rows of flat files hold, learned in one pass over them: the encoding of their columns. */
import { HourglassError } from '../../errors.ts';
import {
  type ColumnProfile,
  encodingOf,
  fateOfNumbers,
  type TableEncoding,
  type TableSettings,
} from '../../tables/index.ts';
import type { FlatRows } from './flat-rows.ts';
import { numberedNames } from './reader.ts';

/** Rows of a table, some at a time, in order. */
export type RowPass = () => AsyncIterable<{ first: number; values: Float64Array }>;

/**
 * The encoding that the training rows of a table have, as `fitEncoding` finds it.
 * @param isTrained for each row whether it is one of the training rows.
 * @throws HourglassError (data) for a value that is missing or too large for single precision, with its place.
 */
export async function fitFlat(
  { columns, files }: FlatRows,
  pass: RowPass,
  isTrained: Uint8Array,
  settings: TableSettings,
  placeOf: (row: number) => string,
): Promise<{ encoding: TableEncoding; notes: string[] }> {
  const names = numberedNames(columns);
  const ignored = new Set([settings.ignore ?? []].flat());
  const profiles = new Profiles(columns);
  const trained = isTrained.reduce((sum, one) => sum + one, 0);
  let lengths = 0;
  for await (const { first, values } of pass()) {
    for (let row = 0; row < values.length / columns; row++) {
      const own = values.subarray(row * columns, (row + 1) * columns);
      const wrong = own.findIndex(
        (value, i) => !Number.isFinite(Math.fround(value)) && !ignored.has(names[i]!),
      );
      if (wrong >= 0) throw notANumber(`${placeOf(first + row)}, column '${names[wrong]}'`, own[wrong]!);
      if (isTrained[first + row] === 0) continue;
      profiles.add(first + row, own);
      lengths += lengthOf(own);
    }
  }
  const fates = names.flatMap((name, i) =>
    ignored.has(name)
      ? []
      : [{ name, fate: fateOfNumbers(name, profiles.of(i, trained), settings, noQuartiles) }],
  );
  const isWhole = fates.length === columns && fates.every(({ fate }) => 'column' in fate);
  if (settings.scaling === 'norm' && !isWhole) {
    // Only now are the columns known whose length counts.
    const counted = names.flatMap((name, i) =>
      fates.some((each) => each.name === name && 'column' in each.fate) ? [i] : [],
    );
    lengths = 0;
    for await (const { first, values } of pass()) {
      for (let row = 0; row < values.length / columns; row++) {
        if (isTrained[first + row] === 0) continue;
        lengths += Math.sqrt(counted.reduce((sum, i) => sum + values[row * columns + i]! ** 2, 0));
      }
    }
  }
  return encodingOf(fates, settings, {
    file: files[0]!.name,
    leftOut: names.flatMap((name) => (ignored.has(name) ? [{ name, why: 'ignored' as const }] : [])),
    label: null,
    lengthScale: (kept) => lengths / trained / Math.sqrt(kept.length),
  });
}

const lengthOf = (row: Float64Array): number => Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0));

const noQuartiles = (): never => {
  throw new RangeError('quartiles need all values of a column at once');
};

/** The profiles of columns that grow row by row; see `profileOf`. */
class Profiles {
  private readonly least: Float64Array;
  private readonly greatest: Float64Array;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;
  private readonly last: Float64Array;
  private readonly counts: Uint8Array;
  private lastRow = -1;
  private rows = 0;

  constructor(columns: number) {
    this.least = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    this.greatest = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
    this.mean = new Float64Array(columns);
    this.squares = new Float64Array(columns);
    this.last = new Float64Array(columns);
    this.counts = new Uint8Array(columns).fill(1);
  }

  add(row: number, values: Float64Array): void {
    const { least, greatest, mean, squares, last, counts, lastRow } = this;
    this.rows++;
    for (let i = 0; i < values.length; i++) {
      const number = values[i]!;
      if (number < least[i]!) least[i] = number;
      if (number > greatest[i]!) greatest[i] = number;
      const off = number - mean[i]!;
      mean[i]! += off / this.rows;
      squares[i]! += off * (number - mean[i]!);
      if (lastRow >= 0 && number - last[i]! !== row - lastRow) counts[i] = 0;
      last[i] = number;
    }
    this.lastRow = row;
  }

  of(i: number, rows: number): ColumnProfile {
    return {
      ...{ rows, missing: 0, numbers: rows, texts: 0, textCounts: new Map() },
      ...{ least: this.least[i]!, greatest: this.greatest[i]!, mean: this.mean[i]! },
      deviation: Math.sqrt(this.squares[i]! / rows),
      counts: this.counts[i] === 1 && Number.isInteger(this.least[i]),
    };
  }
}

function notANumber(subject: string, value: number): HourglassError {
  const isMissing = Number.isNaN(value);
  return new HourglassError('data', {
    subject,
    rule: isMissing ? 'must have a value' : 'must be a number that single precision can hold',
    got: isMissing ? 'none' : String(value),
    ...(isMissing
      ? {
          hint: 'correct it; data.missing=mean and data.missing=drop are for tables that are held in memory (data.stream=false)',
        }
      : {}),
  });
}
