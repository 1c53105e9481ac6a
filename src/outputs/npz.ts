/**
 * Sparse codes as an NPZ file in the form of scipy.sparse.save_npz, compressed sparse rows: `data` (float32) and `indices` (int32) of the
 * units that are not 0, row after row, `indptr` (int64) with where each row begins and the last one ends, `shape` (int64) and
 * `format`. Memory holds what is not 0, 8 bytes each.
 */
import { zipSync } from 'fflate';
import { encodeNpyHeader } from '../codecs/npy.ts';
import { HourglassError } from '../errors.ts';
import { sizeOf } from '../size.ts';
import { PartFile } from '../store/index.ts';
import { keptUnits } from './kept-units.ts';
import type { Sink, SinkOptions, Values } from './sink.ts';

/** The most units that are not 0: 2 GiB of file. */
const MOST = 2 ** 28;

export async function npzSink(
  path: string,
  force: boolean,
  { shape }: Pick<SinkOptions, 'shape'>,
): Promise<Sink<Values>> {
  const file = await PartFile.open(path, force);
  const size = sizeOf(shape);
  const indices: Int32Array[] = [];
  const data: Float32Array[] = [];
  const ends: number[] = [0];
  return {
    async write({ values }) {
      const [units, kept]: [number[], number[]] = [[], []];
      const before = ends.at(-1)!;
      for (const row of keptUnits(values, size)) {
        units.push(...row.units);
        kept.push(...row.values);
        ends.push(before + units.length);
      }
      if (ends.at(-1)! > MOST) throw tooMany(path);
      indices.push(Int32Array.from(units));
      data.push(Float32Array.from(kept));
    },
    async finish() {
      const [rows, kept] = [ends.length - 1, ends.at(-1)!];
      const pointers = BigInt64Array.from(ends, BigInt);
      const sides = BigInt64Array.of(BigInt(rows), BigInt(size));
      const arrays = {
        'indices.npy': npy('i4', [kept], indices),
        'indptr.npy': npy('i8', [rows + 1], [pointers]),
        'format.npy': npy('S3', [], [new TextEncoder().encode('csr')]),
        'shape.npy': npy('i8', [2], [sides]),
        'data.npy': npy('f4', [kept], data),
      };
      // The same values make the same bytes.
      await file.write(zipSync(arrays, { level: 0, mtime: '1980-01-01T12:00:00' }));
      await file.finish();
      const what = `compressed sparse rows [${rows}, ${size}], ${kept.toLocaleString('en')} values that are not 0`;
      return { files: [path], what, notes: [] };
    },
    abandon: () => file.abandon(),
  };
}

function npy(
  type: Parameters<typeof encodeNpyHeader>[1],
  shape: readonly number[],
  pieces: readonly (Int32Array | Float32Array | BigInt64Array | Uint8Array)[],
): Uint8Array {
  const header = encodeNpyHeader(shape, type);
  const bytes = new Uint8Array(header.length + pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  bytes.set(header);
  let at = header.length;
  for (const { buffer, byteOffset, byteLength } of pieces) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

const tooMany = (path: string): HourglassError =>
  new HourglassError('data', {
    subject: path,
    rule: `must have at most ${MOST / 2 ** 20} million values that are not 0: an NPZ file is made in memory`,
    got: 'more',
    hint: 'write Parquet or JSON lines, which grow row by row',
  });
