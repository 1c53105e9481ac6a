/** Readers of samples by their positions: what a stream's thread does. */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type NpyValues, npyValues } from '../../codecs/npy.ts';
import { blockOf, type StoredValues } from '../../samples/index.ts';
import { convertFile } from '../images/convert.ts';
import { mapInOrder } from '../images/order.ts';
import type { WholePreprocessing } from '../images/preprocessing.ts';
import { readPicture } from '../images/read-picture.ts';
import { BlockCache } from './block-cache.ts';
import type { ParquetFile } from './parquet-file.ts';
import { picturesOfGroup } from './parquet-pictures.ts';
import { FileParts } from './parts.ts';
import { rowsReader } from './rows-reader.ts';
import type { ParquetStart, PicturesStart, StreamStart, ValuesStart } from './start.ts';
import { parquetFile } from './threaded-parquet-file.ts';

/** Writes the stored values of samples one after the other into an array of their exact length. */
export type Read = (indices: Uint32Array, into: StoredValues) => Promise<void>;

/** Pictures that are decoded side by side. */
const WIDTH = 2 * availableParallelism();

export function readerOf(start: StreamStart): Read {
  if (start.type === 'values') return valuesReader(start);
  if (start.type === 'rows') return rowsReader(start);
  return start.type === 'parquet' ? parquetReader(start) : picturesReader(start);
}

function picturesReader({ files, parts, names, want, blocks }: PicturesStart): Read {
  if (parts === null) {
    return decoded(want, async (i) => ({
      bytes: await readPicture({ path: Buffer.from(files[i]!), name: names[i]! }),
      name: names[i]!,
    }));
  }
  const { file, offset, size } = parts;
  const reader = new FileParts(files);
  const starts = blocks!;
  const cache = new BlockCache(async (block) => {
    const first = starts[block]!;
    const last = (starts[block + 1] ?? size.length) - 1;
    const from = offset[first]!;
    const content = await reader.read(file[first]!, from, offset[last]! + size[last]! - from);
    return { content, bytes: content.length };
  });
  return decoded(want, async (i) => {
    const block = blockOf(starts, i);
    const { content } = await cache.get(block);
    const at = offset[i]! - offset[starts[block]!]!;
    return { bytes: content.subarray(at, at + size[i]!), name: names[i]! };
  });
}

function parquetReader({ files: paths, column, groups, want, names, blocks }: ParquetStart): Read {
  let opened: Promise<ParquetFile[]> | undefined;
  const cache = new BlockCache(async (block) => {
    opened ??= Promise.all(paths.map(async (path) => parquetFile(path, (await stat(path)).size)));
    return picturesOfGroup(await opened, column, groups[block]!);
  });
  return decoded(want, async (i) => {
    const block = blockOf(blocks, i);
    return { bytes: (await cache.get(block)).at(i - blocks[block]!), name: names[i]! };
  });
}

/** Decodes pictures, several side by side. */
function decoded(
  want: WholePreprocessing,
  encoded: (index: number) => Promise<{ bytes: Uint8Array; name: string }>,
): Read {
  return async (indices, into) => {
    let at = 0;
    const convert = async (index: number) => {
      const { bytes, name } = await encoded(index);
      return convertFile(bytes, name, want);
    };
    for await (const { values } of mapInOrder(indices, convert, WIDTH)) {
      // A byte is as bright as 257 times as much of 16 bits.
      const times = want.depth !== 16 ? 1 : values instanceof Uint8Array ? 257 : 65535;
      if (times === 1) into.set(values, at);
      else for (const [i, value] of values.entries()) into[at + i] = Math.round(times * value);
      at += values.length;
    }
  };
}

function valuesReader(start: ValuesStart): Read {
  const { file, offset, from, littleEndian, shape, rows, count } = start;
  const size = shape[0] * shape[1] * shape[2];
  const bytesEach = size * { u1: 1, f4: 4, f8: 8 }[from];
  const reader = new FileParts([file]);
  const cache = new BlockCache(async (block) => {
    const first = block * rows;
    const here = Math.min(rows, count - first);
    const bytes = await reader.read(0, offset + first * bytesEach, here * bytesEach);
    const values = npyValues({ type: from, size: bytesEach / size, littleEndian }, bytes);
    return { values: start.channelsLast ? planar(values, shape) : values, bytes: bytes.length };
  });
  return async (indices, into) => {
    // All blocks are asked for before the first is waited for.
    const blocks = Array.from(indices, (index) => cache.get(Math.floor(index / rows)));
    for (const block of blocks) block.catch(() => {});
    for (const [row, index] of indices.entries()) {
      const { values } = await blocks[row]!;
      const at = (index % rows) * size;
      into.set(values.subarray(at, at + size), row * size);
    }
  };
}

/** Values [n, height, width, channels] as [n, channels, height, width]. */
function planar(values: NpyValues, [channels, height, width]: ValuesStart['shape']): NpyValues {
  const plane = height * width;
  // Not `slice`: of a Buffer that is a view of the same bytes.
  const result = values instanceof Uint8Array ? new Uint8Array(values.length) : values.slice();
  for (let start = 0; start < values.length; start += channels * plane)
    for (let i = 0; i < plane; i++)
      for (let c = 0; c < channels; c++) result[start + c * plane + i] = values[start + i * channels + c]!;
  return result;
}
