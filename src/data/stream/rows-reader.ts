/** Rows of numbers in files, by their positions. */
import { numberSize, numbersOf } from '../../codecs/npy-numbers.ts';
import { blockOf, type StoredValues } from '../../samples/index.ts';
import { BlockCache } from './block-cache.ts';
import { FileParts } from './parts.ts';
import type { RowsStart } from './start.ts';

export function rowsReader({ files, columns, used, blocks, count }: RowsStart) {
  const parts = new FileParts(files.map(({ path }) => path));
  const cache = new BlockCache(async (block) => {
    const first = blocks[block]!;
    const rows = (blocks[block + 1] ?? count) - first;
    const file = files.findLastIndex((each) => each.first <= first);
    const { format, offset, first: start } = files[file]!;
    const size = columns * numberSize(format.type);
    const numbers = numbersOf(format, await parts.read(file, offset + (first - start) * size, rows * size));
    const values = new Float32Array(rows * used.length);
    let at = 0;
    for (let row = 0; row < rows; row++)
      for (const column of used) values[at++] = numbers[row * columns + column]!;
    return { values, first, bytes: values.byteLength };
  });
  return async (indices: Uint32Array, into: StoredValues): Promise<void> => {
    // All blocks are asked for before the first is waited for.
    const found = Array.from(indices, (index) => cache.get(blockOf(blocks, index)));
    for (const block of found) block.catch(() => {});
    for (const [place, index] of indices.entries()) {
      const { values, first } = await found[place]!;
      const at = (index - first) * used.length;
      into.set(values.subarray(at, at + used.length), place * used.length);
    }
  };
}
