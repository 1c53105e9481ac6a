/** One column of rows as what they are coloured by, and what it is like in some of them. */
import type { RowSet } from '../../../../src/studio/protocol.ts';
import { decodeRow } from '../../../../src/tables/decode.ts';
import { widthOf } from '../../../../src/tables/values.ts';
import type { Cell } from '../../../parts/rows/cells.ts';
import type { Property } from '../explorer.ts';

/** Groups have a byte each. */
const MOST_GROUPS = 256;

/** The cells of one column. */
export function cellsOf({ values, encoding, count }: RowSet, at: number): Cell[] {
  const column = encoding.columns[at]!;
  const from = encoding.columns.slice(0, at).reduce((sum, each) => sum + widthOf(each), 0);
  const width = encoding.offset.length;
  const alone = { ...encoding, columns: [column] };
  return Array.from({ length: count }, (_, i) => {
    const start = i * width + from;
    return decodeRow(alone, values.subarray(start, start + widthOf(column)))[0]!;
  });
}

export function propertyOf(set: RowSet, at: number): Property {
  const { name, type } = set.encoding.columns[at]!;
  const cells = cellsOf(set, at);
  if (type === 'number') {
    return { name, numbers: Float32Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))) };
  }
  const counts = new Map<string, number>();
  const words = cells.map((cell) => (cell === null ? 'missing' : String(cell)));
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const groups = [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
  const position = new Map(groups.map((word, i) => [word, Math.min(i, MOST_GROUPS - 1)]));
  return {
    name,
    groups: groups.slice(0, MOST_GROUPS),
    group: Uint8Array.from(words, (word) => position.get(word)!),
  };
}
