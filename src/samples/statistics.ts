/** Mean and spread of a source's samples. */
import { BatchReader } from './batch-reader.ts';
import { rowsWithin } from './passes.ts';
import { scaledAt, unitAt } from './scaling.ts';
import type { Source } from './source.ts';
import { storedArray, valuesOf } from './spec.ts';

const PASS_BYTES = 2 ** 24;

/** The mean sample, scaled, [values]. Of stored whole numbers it is exact: the same bits for the same samples. */
export async function meanSample(source: Source): Promise<Float32Array> {
  const { shift, sums } = await sumsOf(source);
  const means = sums.map((sum, i) => scaledAt(source.spec, shift[i]! + sum / source.count, i));
  return Float32Array.from(means);
}

/**
 * How much samples differ: the squared distance to their mean, summed over a sample's scaled values, mean over
 * samples. It is the squared error per sample of the mean sample on them.
 */
export async function spread(source: Source): Promise<number> {
  const { spec, count } = source;
  const { sums, squares } = await sumsOf(source);
  const variances = squares.map((square, i) => square / count - (sums[i]! / count) ** 2);
  if (spec.scaling.type === 'divisor') {
    return variances.reduce((sum, variance) => sum + variance, 0) / spec.scaling.divisor ** 2;
  }
  return variances.reduce((sum, variance, i) => sum + variance / unitAt(spec, i) ** 2, 0);
}

/** Sums of stored values and of their squares, after subtracting `shift`. */
async function sumsOf(source: Source) {
  const { spec, count } = source;
  const size = valuesOf(spec);
  const rows = rowsWithin(PASS_BYTES, size, count);
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)];
  // Whole numbers add up exactly. Floats far from 0 would lose their differences, so the first sample is subtracted.
  const shift = new Float64Array(size);
  const stored = [storedArray(spec, rows), storedArray(spec, rows)] as const;
  for await (const group of new BatchReader(stored).inOrder(source, rows)) {
    const some = stored[group.place].subarray(0, group.count * size);
    if (group.first === 0 && spec.storage === 'float32') shift.set(some.subarray(0, size));
    for (let row = 0; row < some.length; row += size) {
      for (let i = 0; i < size; i++) {
        const value = some[row + i]! - shift[i]!;
        sums[i]! += value;
        squares[i]! += value * value;
      }
    }
  }
  return { shift, sums, squares };
}
