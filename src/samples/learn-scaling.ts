/** The scaling of columns, learned from samples: those of the training split alone. */
import type { SCALINGS } from '../choices.ts';
import { BatchReader } from './batch-reader.ts';
import { rowsWithin } from './passes.ts';
import type { LabelledSource, Source } from './source.ts';
import { type ColumnScaling, type SampleSpec, storedArray, valuesOf } from './spec.ts';

/** More rows than this, spread evenly, say no more of a median or a mean. */
const MOST_ROWS = 200_000;
/** The columns whose values are in memory at once. */
const PASS_BYTES = 2 ** 26;

/**
 * The offset and scale of each column. `standard`: mean and standard deviation; `robust`: median and the distance of the
 * quartiles, over 1.349, which is the standard deviation of a normal column; `min-max`: to 0 to 1; `norm`: one number for all
 * columns, by which rows have a mean length of the root of their columns; `none`: as it is. The
 * scale of a column of one value is 1.
 */
export async function learnScaling(source: Source, kind: (typeof SCALINGS)[number]): Promise<ColumnScaling> {
  const columns = valuesOf(source.spec);
  const [offset, scale] = [new Float32Array(columns), new Float32Array(columns).fill(1)];
  if (kind === 'none') return { type: 'columns', offset, scale };
  if (kind === 'norm') return { type: 'columns', offset, scale: scale.fill(await lengthScale(source)) };
  const count = Math.min(source.count, MOST_ROWS);
  const together = rowsWithin(PASS_BYTES, count, columns);
  for (let first = 0; first < columns; first += together) {
    const some = await readColumns(source, count, first, Math.min(together, columns - first));
    for (const [i, values] of some.entries()) {
      const [from, size] = MEASURES[kind](values);
      offset[first + i] = from;
      // A spread that is lost in the rounding of the values is none.
      if (Math.fround(size) > 0 && size > Math.abs(from) * 1e-7) scale[first + i] = size;
    }
  }
  return { type: 'columns', offset, scale };
}

/** What rows are divided by for a mean length of the root of their columns; 1 where all are 0. */
async function lengthScale(source: Source): Promise<number> {
  const size = valuesOf(source.spec);
  const count = Math.min(source.count, MOST_ROWS);
  const rows = rowsWithin(2 ** 24, size, count);
  const stored = [storedArray(source.spec, rows), storedArray(source.spec, rows)] as const;
  const indexOf = (i: number) => Math.floor((i * source.count) / count);
  let sum = 0;
  for await (const group of new BatchReader(stored).inOrder(source, rows, { count, indexOf })) {
    for (let row = 0; row < group.count; row++) {
      let square = 0;
      for (let i = 0; i < size; i++) square += stored[group.place][row * size + i]! ** 2;
      sum += Math.sqrt(square);
    }
  }
  return sum / count / Math.sqrt(size) || 1;
}

/** The values of some columns, one array each. */
async function readColumns(source: Source, count: number, first: number, columns: number) {
  const size = valuesOf(source.spec);
  const rows = rowsWithin(2 ** 24, size, count);
  const stored = [storedArray(source.spec, rows), storedArray(source.spec, rows)] as const;
  const values = Array.from({ length: columns }, () => new Float64Array(count));
  const indexOf = (i: number) => Math.floor((i * source.count) / count);
  for await (const group of new BatchReader(stored).inOrder(source, rows, { count, indexOf })) {
    for (let row = 0; row < group.count; row++) {
      for (let i = 0; i < columns; i++)
        values[i]![group.first + row] = stored[group.place][row * size + first + i]!;
    }
  }
  return values;
}

type Measure = (values: Float64Array) => [offset: number, scale: number];

const MEASURES: Readonly<Record<Exclude<(typeof SCALINGS)[number], 'none' | 'norm'>, Measure>> = {
  standard(values) {
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
    return [mean, Math.sqrt(variance)];
  },
  robust(values) {
    const sorted = values.sort();
    const at = (share: number) => {
      const place = share * (sorted.length - 1);
      const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
      return low + (high - low) * (place - Math.floor(place));
    };
    return [at(0.5), (at(0.75) - at(0.25)) / 1.349];
  },
  'min-max'(values) {
    let [least, most] = [values[0]!, values[0]!];
    for (const value of values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return [least, most - least];
  },
};

/** The same samples with another spec: its scaling, as a rule. */
export function respecified(source: LabelledSource, spec: SampleSpec): LabelledSource {
  return { ...source, spec, read: (indices, into) => source.read(indices, into) };
}
