/** Why a row has its score: its columns, with their values, what a model expected, and what each adds to the score. */
import type { ChangedConstant } from './constants.ts';
import { decodeRow, largestShares } from './decode.ts';
import type { TableEncoding } from './encoding.ts';

/** A column's part in the score of a row. */
export interface ColumnPart {
  /** The column's name. */
  column: string;
  /** The value of the row; null if it is missing. */
  value: number | string | null;
  /** The model's reconstruction of it. */
  expected: number | string | null;
  /** What the column adds to the score. */
  contribution: number;
  /** The same as a share of all that is added, 0 to 1. */
  share: number;
}

/** A row with its score and the columns that contribute most to it. */
export interface ScoredRow {
  /** The number of the row in its file, from 1; of several files with the file's name before it. */
  row: string;
  /** Its class; null without one. */
  class: string | null;
  /** Its score. */
  score: number;
  /** Whether the score is above the threshold. */
  flagged: boolean;
  /** The columns that contribute most, the most first. */
  columns: ColumnPart[];
  /** Columns that had one value in all training rows, and in which this row has another. */
  changedConstants: ChangedConstant[];
}

/**
 * The columns that contribute most to a row's score, the most first; those that add nothing are not among them.
 * @param values the row, and `expected` its reconstruction: [values], in the columns' own units.
 * @param contributions what each column adds to the score, [columns].
 */
export function explainRow(
  encoding: TableEncoding,
  {
    values,
    expected,
    contributions,
  }: Record<'values' | 'expected', Float32Array> & {
    contributions: Float64Array;
  },
  most: number,
): ColumnPart[] {
  const [own, likely] = [decodeRow(encoding, values), decodeRow(encoding, expected)];
  return largestShares(contributions, most).map(({ column, share }) => ({
    column: encoding.columns[column]!.name,
    value: own[column]!,
    expected: likely[column]!,
    contribution: contributions[column]!,
    share,
  }));
}
