/** What the training rows of a column hold: counts and statistics, from which its type follows. */
import type { ColumnStore } from './store.ts';

export interface ColumnProfile {
  /** Rows looked at. */
  rows: number;
  missing: number;
  numbers: number;
  /** Rows with a text. */
  texts: number;
  /** How often each different text occurs. */
  textCounts: Map<string, number>;
  /** The smallest number; NaN without any. */
  least: number;
  greatest: number;
  mean: number;
  /** Standard deviation of the numbers, divided by their count. */
  deviation: number;
  /** Whether the numbers are whole and go up by 1 from row to row, as row numbers do. */
  counts: boolean;
}

export function profileOf(column: ColumnStore, rows: Uint32Array): ColumnProfile {
  const byCode = new Map<number, number>();
  let [missing, numbers, least, greatest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // Welford's recurrence: large offsets lose nothing.
  let [mean, squares] = [0, 0];
  let counts = true;
  let [lastRow, last] = [-1, Number.NaN];
  for (const row of rows) {
    const number = column.number(row);
    if (Number.isNaN(number)) {
      const code = column.code(row);
      if (code === 0) missing++;
      else byCode.set(code, (byCode.get(code) ?? 0) + 1);
      continue;
    }
    numbers++;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
    const off = number - mean;
    mean += off / numbers;
    squares += off * (number - mean);
    if (lastRow >= 0 && number - last !== row - lastRow) counts = false;
    [lastRow, last] = [row, number];
  }
  const textCounts = new Map<string, number>();
  for (const [code, count] of byCode) textCounts.set(column.texts[code - 1]!, count);
  return {
    rows: rows.length,
    missing,
    numbers,
    texts: rows.length - missing - numbers,
    textCounts,
    least: numbers > 0 ? least : Number.NaN,
    greatest: numbers > 0 ? greatest : Number.NaN,
    mean: numbers > 0 ? mean : Number.NaN,
    deviation: numbers > 0 ? Math.sqrt(squares / numbers) : Number.NaN,
    counts: counts && numbers === rows.length && Number.isInteger(least),
  };
}

/** Quartiles of a column's numbers, as NumPy interpolates them. */
export function quartilesOf(column: ColumnStore, rows: Uint32Array): [number, number, number] {
  const numbers = Float64Array.from(rows, (row) => column.number(row))
    .filter((number) => !Number.isNaN(number))
    .sort();
  const at = (share: number) => {
    const place = share * (numbers.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, numbers.length - 1);
    return numbers[below]! + (place - below) * (numbers[above]! - numbers[below]!);
  };
  return [at(0.25), at(0.5), at(0.75)];
}
