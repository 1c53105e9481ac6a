/** What each column is like in some rows: the mean, or the most frequent word with its share. */

import type { RowSet } from '../../../../src/studio/protocol.ts';
import type { EncodedColumn } from '../../../../src/tables/encoding.ts';
import { widthOf } from '../../../../src/tables/values.ts';

export type ColumnSummary =
  | { readonly type: 'number'; readonly mean: number; readonly std: number }
  /** The share of each word in the rows that have a value. */
  | { readonly type: 'words'; readonly words: readonly string[]; readonly shares: readonly number[] };

/** A summary of each column, over the rows at these positions. Missing values do not count. */
export function summaryOf({ values, encoding }: RowSet, rows: Iterable<number>): ColumnSummary[] {
  const width = encoding.offset.length;
  const starts: number[] = [];
  let at = 0;
  for (const column of encoding.columns) {
    starts.push(at);
    at += widthOf(column);
  }
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  const present = new Float64Array(encoding.columns.length);
  for (const row of rows) {
    for (const [i, column] of encoding.columns.entries()) {
      const from = row * width + starts[i]!;
      const size = widthOf(column);
      if (column.indicator && values[from + size - 1]! > 0.5) continue;
      present[i]!++;
      for (let k = 0; k < size; k++) {
        const value = values[from + k]!;
        sums[starts[i]! + k]! += value;
        squares[starts[i]! + k]! += value * value;
      }
    }
  }
  return encoding.columns.map((column, i): ColumnSummary => {
    const from = starts[i]!;
    if (column.type === 'number') {
      const mean = sums[from]! / present[i]!;
      return {
        type: 'number',
        mean,
        std: Math.sqrt(Math.max(0, squares[from]! / present[i]! - mean * mean)),
      };
    }
    if (column.type === 'boolean') {
      const share = sums[from]! / present[i]!;
      return { type: 'words', words: column.words, shares: [1 - share, share] };
    }
    const words = wordsOf(column);
    return { type: 'words', words, shares: words.map((_, k) => sums[from + k]! / present[i]!) };
  });
}

const wordsOf = ({ values, other }: Extract<EncodedColumn, { type: 'category' }>): string[] =>
  other ? [...values, '(other)'] : [...values];

/** The position of the most frequent word. */
const mostOf = (shares: readonly number[]): number => shares.indexOf(Math.max(...shares));

/** How far some rows are from all, in standard deviations: of the number, or of having their most frequent word. */
export function differenceOf(some: ColumnSummary, all: ColumnSummary): number {
  const [by, std] =
    some.type === 'number' && all.type === 'number'
      ? [some.mean - all.mean, all.std]
      : some.type === 'words' && all.type === 'words'
        ? ofShare(some.shares, all.shares)
        : [0, 0];
  return std > 0 && Number.isFinite(by) ? Math.abs(by) / std : 0;
}

function ofShare(some: readonly number[], all: readonly number[]): [number, number] {
  const most = mostOf(some);
  const share = all[most] ?? 0;
  return [(some[most] ?? 0) - share, Math.sqrt(share * (1 - share))];
}

/** A summary in a cell of a table. */
export function summaryText(summary: ColumnSummary, number: (value: number) => string): string {
  if (summary.type === 'number') return Number.isFinite(summary.mean) ? number(summary.mean) : 'missing';
  const most = mostOf(summary.shares);
  const share = summary.shares[most] ?? Number.NaN;
  return share > 0 ? `${summary.words[most]} (${Math.round(100 * share)} %)` : 'missing';
}
