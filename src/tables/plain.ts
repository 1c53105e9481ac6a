/** An encoding of columns that are numbers already: those of arrays. */
import type { TableEncoding } from './encoding.ts';

/** Rows of numbers, one value a column. */
export function plainEncoding(
  columns: readonly string[],
  offset: readonly number[],
  scale: readonly number[],
): TableEncoding {
  return {
    version: 1,
    columns: columns.map((name, i) => ({
      type: 'number',
      name,
      indicator: false,
      mean: offset[i]!,
      range: [0, 0],
    })),
    leftOut: [],
    label: null,
    missing: 'refuse',
    scaling: 'standard',
    offset: [...offset],
    scale: [...scale],
  };
}
