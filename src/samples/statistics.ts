/** Mean and spread of a source's samples. */
import { BatchReader } from './batch-reader.ts';
import { evenly } from './blocks.ts';
import { rowsWithin } from './passes.ts';
import { scaledAt, unitAt } from './scaling.ts';
import type { Source } from './source.ts';
import { storedArray, valuesOf } from './spec.ts';

const PASS_BYTES = 2 ** 24;

/** The mean sample, scaled, [values]. Of stored whole numbers it is exact: the same bits for the same samples. */
export async function meanSample(source: Source): Promise<Float32Array> {
  const { shift, sums, count } = await sumsOf(source);
  const means = sums.map((sum, i) => scaledAt(source.spec, shift[i]! + sum / count, i));
  return Float32Array.from(means);
}

/**
 * How much samples differ: the squared distance to their mean, summed over a sample's scaled values, mean over
 * samples. It is the squared error per sample of the mean sample on them.
 */
export async function spread(source: Source): Promise<number> {
  const { spec } = source;
  const { sums, squares, count } = await sumsOf(source);
  const variances = squares.map((square, i) => square / count - (sums[i]! / count) ** 2);
  if (spec.scaling.type === 'divisor') {
    return variances.reduce((sum, variance) => sum + variance, 0) / spec.scaling.divisor ** 2;
  }
  return variances.reduce((sum, variance, i) => sum + variance / unitAt(spec, i) ** 2, 0);
}

/** Samples of a source that is too large to be read for this alone. */
const MOST = 20_000;

/** Sums of stored values and of their squares, after subtracting `shift`, over `count` samples. */
async function sumsOf(source: Source) {
  const { spec } = source;
  const some = source.identity === undefined ? null : evenly(source.count, source.blocks, MOST);
  const count = some?.length ?? source.count;
  const size = valuesOf(spec);
  const rows = rowsWithin(PASS_BYTES, size, count);
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)];
  // Whole numbers add up exactly. Floats far from 0 would lose their differences, so the first sample is subtracted.
  const shift = new Float64Array(size);
  const stored = [storedArray(spec, rows), storedArray(spec, rows)] as const;
  const indexOf = (i: number) => some?.[i] ?? i;
  for await (const group of new BatchReader(stored).inOrder(source, rows, { count, indexOf })) {
    const values = stored[group.place].subarray(0, group.count * size);
    if (group.first === 0 && spec.storage === 'float32') shift.set(values.subarray(0, size));
    for (let row = 0; row < values.length; row += size) {
      for (let i = 0; i < size; i++) {
        const value = values[row + i]! - shift[i]!;
        sums[i]! += value;
        squares[i]! += value * value;
      }
    }
  }
  return { shift, sums, squares, count };
}
