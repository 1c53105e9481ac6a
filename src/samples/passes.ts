/** Going through a source in order, some samples at a time: memory stays flat for any number and size of samples. */
import { BatchReader } from './batch-reader.ts';
import { evenly } from './blocks.ts';
import { scaleInto } from './scaling.ts';
import type { Source } from './source.ts';
import { storedArray, valuesOf } from './spec.ts';

/** How many rows of `values` floats fit a budget of bytes: at least 1, and at most `most`. */
export const rowsWithin = (bytes: number, values: number, most: number): number =>
  Math.max(1, Math.min(most, Math.floor(bytes / (Float32Array.BYTES_PER_ELEMENT * values))));

const PASS_BYTES = 2 ** 24;
const PASS_ROWS = 1000;

/** The samples at some positions, scaled, [indices, values]. */
export async function readScaled(source: Source, indices: Uint32Array): Promise<Float32Array> {
  const stored = storedArray(source.spec, indices.length);
  await source.read(indices, stored);
  const scaled = new Float32Array(stored.length);
  scaleInto(source.spec, stored, scaled);
  return scaled;
}

/** The labels of the samples that {@link passes} goes through, in their order; empty if they have none. */
export function passLabels({ labels, count, blocks }: Source, most: number = count): Uint8Array {
  if (labels === undefined || most >= count) return labels ?? new Uint8Array();
  return Uint8Array.from(evenly(count, blocks, most), (index) => labels[index]!);
}

/**
 * A source's samples scaled to floats, [rows, values] at a time: as many rows as fit 16 MiB, at most 1,000. Each
 * array is new. Can be gone through more than once. With `most`, only that many samples, spread evenly, or in
 * blocks that are.
 */
export function passes(source: Source, most: number = source.count): AsyncIterable<Float32Array> {
  const { spec, count } = source;
  const values = valuesOf(spec);
  const wanted = most < count ? evenly(count, source.blocks, most) : null;
  const all = wanted?.length ?? count;
  const rows = rowsWithin(PASS_BYTES, values, Math.min(PASS_ROWS, Math.max(1, all)));
  const indexOf = (i: number) => wanted?.[i] ?? i;
  return {
    async *[Symbol.asyncIterator]() {
      const stored = [storedArray(spec, rows), storedArray(spec, rows)] as const;
      const reader = new BatchReader(stored);
      for await (const group of reader.inOrder(source, rows, { count: all, indexOf })) {
        const scaled = new Float32Array(group.count * values);
        scaleInto(spec, stored[group.place].subarray(0, scaled.length), scaled);
        yield scaled;
      }
    },
  };
}
