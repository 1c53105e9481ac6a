/** Tables of numbers that are read by rows: the same splits and encoding as in memory, whatever the format. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeNpy } from '../../codecs/npy.ts';
import type { LabelledSource } from '../../samples/index.ts';
import { openTable } from './open.ts';

const COLUMNS = 6;

/** Random rows; the column x2 has one value, and x4 counts. */
function rowsOf(count: number, first = 0): Float32Array {
  return Float32Array.from({ length: count * COLUMNS }, (_, i) => {
    const [row, column] = [first + Math.floor(i / COLUMNS), i % COLUMNS];
    if (column === 1) return 7;
    return column === 3 ? row : Math.fround(Math.sin(row * 12.9898 + column * 78.233) * (column + 1));
  });
}

const folder = () => mkdtempSync(join(tmpdir(), 'hourglass-test-'));
const npy = (values: Float32Array, shape: number[]) => encodeNpy({ shape, data: values });

/** A safetensors file with one array of bfloat16, written by hand. */
function bfloat16(values: Float32Array, shape: number[], name = 'acts'): Uint8Array {
  const header = Buffer.from(
    JSON.stringify({ [name]: { dtype: 'BF16', shape, data_offsets: [0, 2 * values.length] } }),
  );
  const upper = Uint16Array.from(
    new Uint32Array(values.buffer, values.byteOffset, values.length),
    (bits) => bits >>> 16,
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.from(upper.buffer)]);
}

/** All stored values, read in an odd order and put back into theirs. */
async function valuesOf(source: LabelledSource): Promise<number[][]> {
  const size = source.spec.shape[0]!;
  const order = Uint32Array.from({ length: source.count }, (_, i) => (i * 7) % source.count);
  const into = new Float32Array(source.count * size);
  await source.read(order, into);
  const rows = new Array<number[]>(source.count);
  for (const [i, place] of order.entries()) rows[place] = [...into.subarray(i * size, (i + 1) * size)];
  return rows;
}

test.each([
  ['norm', {}],
  ['standard', { ignore: 'x6' }],
  ['min-max', { split: 'order' as const }],
  ['none', { test: 0.3, splitSeed: 4 }],
] as const)('rows of shards, scaling %s: what memory would have', async (scaling, more) => {
  const at = folder();
  // 1,009 rows are several blocks and no multiple of 7.
  writeFileSync(join(at, 'a.npy'), npy(rowsOf(600), [600, COLUMNS]));
  writeFileSync(join(at, 'b.npy'), npy(rowsOf(409, 600), [409, COLUMNS]));
  const settings = { scaling, ...more };
  const held = await openTable(at, settings, { stream: false });
  const read = await openTable(at, settings, { stream: true });
  expect(read.source).toMatch(/^NPY f4, .*read as a stream$/);
  expect(read.table!.encoding).toEqual(held.table!.encoding);
  expect(read.table!.encoding.leftOut.map(({ name, why }) => `${name} ${why}`)).toContain('x2 constant');
  expect(read.table!.splits).toBe(held.table!.splits);
  for (const split of ['train', 'validation', 'test'] as const) {
    expect(read[split]!.spec).toEqual(held[split]!.spec);
    expect(await valuesOf(read[split]!)).toEqual(await valuesOf(held[split]!));
  }
  expect(read.train.blocks!.starts.length).toBeGreaterThan(0);
  expect(read.train.identity).toBeDefined();
  const again = await openTable(at, settings, { stream: true });
  expect(again.train.identity).toEqual(read.train.identity);
});

test('files that are splits, in bfloat16', async () => {
  const at = folder();
  writeFileSync(join(at, 'train-0.safetensors'), bfloat16(rowsOf(60), [60, COLUMNS]));
  writeFileSync(join(at, 'train-1.safetensors'), bfloat16(rowsOf(40, 60), [40, COLUMNS]));
  writeFileSync(join(at, 'test.safetensors'), bfloat16(rowsOf(11, 100), [11, COLUMNS]));
  const [held, read] = await Promise.all(
    [false, true].map((stream) => openTable(at, { scaling: 'norm' }, { stream })),
  );
  expect(read!.test.count).toBe(11);
  expect(read!.table!.encoding).toEqual(held!.table!.encoding);
  const [own, theirs] = await Promise.all([valuesOf(read!.test), valuesOf(held!.test)]);
  expect(own).toEqual(theirs);
  // Eight bits of a float's fraction are left.
  expect(own[0]![0]! / rowsOf(1, 100)[0]!).toBeCloseTo(1, 2);
});

test('what cannot be streamed says so, and a value that is missing has its place', async () => {
  const at = folder();
  const csv = join(at, 't.csv');
  writeFileSync(csv, 'a,b\n1,2\n2,3\n3,1\n');
  await expect(openTable(csv, {}, { stream: true })).rejects.toThrow(
    /^data\.stream: needs NPY .*got a table that is not NPY or safetensors/,
  );
  const file = join(at, 't.npy');
  const values = rowsOf(20);
  values[13 * COLUMNS + 2] = Number.NaN;
  writeFileSync(file, npy(values, [20, COLUMNS]));
  await expect(openTable(file, {}, { stream: true })).rejects.toThrow(
    /t\.npy, row 14, column 'x3': must have a value/,
  );
  await expect(openTable(file, { missing: 'mean' }, { stream: true })).rejects.toThrow(/got data\.missing/);
  const cut = join(at, 'cut.npy');
  writeFileSync(cut, npy(rowsOf(20), [20, COLUMNS]).subarray(0, -3));
  await expect(openTable(cut, {}, { stream: true })).rejects.toThrow(
    /must not be cut off, got an end 3 bytes/,
  );
});
