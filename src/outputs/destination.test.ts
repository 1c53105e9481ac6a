import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeNpy } from '../codecs/npy.ts';
import { destinationOf, FORMATS } from './destination.ts';
import { openSink } from './open.ts';
import { fileName } from './pictures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-outputs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  [{ out: 'a.NPY' }, 'npy'],
  [{ out: 'a.png' }, 'sheet'],
  [{ out: 'a' }, 'png'],
  [{ out: 'a.jsonl' }, 'jsonl'],
  [{ out: 'a.png', format: 'png' as const }, 'png'],
  [{ out: 'a', sheet: true }, 'sheet'],
  [{}, 'csv'],
  [{ out: '-', format: 'jsonl' as const }, 'jsonl'],
])('%j is %s', (flags, format) => {
  const { out = '-' } = flags as { out?: string };
  const path = out === '-' ? null : out;
  expect(destinationOf(flags, FORMATS)).toEqual({ format, path, force: false });
});

test.each([
  [
    { out: 'x.docx' },
    FORMATS,
    /--out: must end in \.png, \.npy, \.npz, \.parquet, \.csv or \.jsonl, or be a folder, got x\.docx/,
  ],
  [{ format: 'npy' as const }, FORMATS, /must name a file for npy: only text is printed/],
  [{ out: 'x.png' }, ['npy', 'csv'] as const, /--out: must end in \.npy or \.csv, got x\.png/],
  [
    { out: 'x' },
    ['sheet', 'npy'] as const,
    /--out: must end in \.png or \.npy, got x; or give --format: sheet, npy/,
  ],
  [{ out: 'pictures/' }, ['sheet', 'npy'] as const, /--out: must end in \.png or \.npy, got pictures\//],
  [{ out: 'x.docx' }, ['png', 'csv'] as const, /--out: must end in \.csv, or be a folder, got x\.docx/],
  [
    { out: 'x', format: 'png' as const },
    ['sheet', 'npy'] as const,
    /--format: must be one of sheet, npy, got png/,
  ],
  [{ out: 'x', sheet: true, format: 'csv' as const }, FORMATS, /--sheet: writes one PNG/],
])('%j is refused', (flags, possible, message) => {
  expect(() => destinationOf(flags, possible)).toThrow(message);
});

test('names of files come from their place, and from what a name may have', () => {
  expect(fileName(0, 'photos/A cat.jpg')).toBe('000001-photos-A-cat.png');
  expect(fileName(11, '../../etc/passwd')).toBe('000012-etc-passwd.png');
  expect(fileName(2, '')).toBe('000003.png');
});

const about = { shape: [2], kind: 'codes', title: '', subtitle: '', light: false } as const;
const batch = (from: number, n: number) => ({
  names: Array.from({ length: n }, (_, i) => `a,${from + i}`),
  values: Float32Array.from({ length: 2 * n }, (_, i) => from + i / 2),
});

test('an NPY file grows by batches and gets its count at the end', async () => {
  const path = join(folder, 'a.npy');
  const sink = await openSink({ format: 'npy', path, force: false }, about);
  await sink.write(batch(0, 3));
  expect(await readdir(folder)).not.toContain('a.npy');
  await sink.write(batch(3, 1));
  expect(await sink.finish()).toMatchObject({ files: [path], what: 'float32 [4, 2]' });
  const { shape, data } = decodeNpy(await readFile(path), 'a');
  expect([shape, [...data]]).toEqual([
    [4, 2],
    [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
  ]);
});

test('a table has one heading and its names in quotes where they need them', async () => {
  const path = join(folder, 'a.csv');
  const sink = await openSink({ format: 'csv', path, force: false }, about);
  await sink.write(batch(0, 1));
  await sink.write(batch(1, 1));
  await sink.finish();
  expect(await readFile(path, 'utf8')).toBe('name,class,z1,z2\n"a,0",,0,0.5\n"a,1",,1,1.5\n');
});

test.each(['npy', 'csv', 'png'] as const)(
  '%s: what is given up leaves nothing, what was there stays',
  async (format) => {
    const path = join(folder, `kept-${format}`);
    await writeFile(path, 'before');
    const destination = { format, path, force: format !== 'png' };
    if (format === 'png') await rm(path);
    else await expect(openSink({ ...destination, force: false }, about)).rejects.toThrow('--force');
    const shape = format === 'png' ? [1, 1, 2] : [2];
    const sink = await openSink(destination, { ...about, shape });
    await sink.write(batch(0, 2));
    await sink.abandon();
    if (format !== 'png') expect(await readFile(path, 'utf8')).toBe('before');
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  },
);

describe('sparse codes', () => {
  const values = Float32Array.of(0, 0.5, 0, 2, 0, 0, 0, 0, -1, 0, 0, 3);
  const about = { kind: 'sparse' as const, shape: [4], title: '', subtitle: '', light: false };
  const write = async (format: 'npz' | 'jsonl' | 'parquet') => {
    const path = join(folder, `sparse.${format}`);
    const sink = await openSink({ format, path, force: false }, about);
    await sink.write({ names: ['a', 'b'], values: values.slice(0, 8) });
    await sink.write({ names: ['c'], classes: ['x'], values: values.slice(8) });
    return { written: await sink.finish(), path };
  };

  test('JSON lines and Parquet: the units that are not 0, and their values', async () => {
    const rows = [
      { name: 'a', class: null, units: [1, 3], values: [0.5, 2] },
      { name: 'b', class: null, units: [], values: [] },
      { name: 'c', class: 'x', units: [0, 3], values: [-1, 3] },
    ];
    const { path } = await write('jsonl');
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    const { parquetReadObjects } = await import('hyparquet');
    const bytes = await readFile((await write('parquet')).path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const { compressors } = await import('hyparquet-compressors');
    expect(await parquetReadObjects({ file, compressors })).toEqual(rows);
  });

  test('NPZ: compressed sparse rows as SciPy has them', async () => {
    const { path, written } = await write('npz');
    expect(written.what).toBe('compressed sparse rows [3, 4], 4 values that are not 0');
    const { unzipSync } = await import('fflate');
    const arrays = unzipSync(await readFile(path));
    const content = (name: string) => {
      const bytes = arrays[`${name}.npy`]!;
      const header = 10 + bytes[8]! + 256 * bytes[9]!;
      const text = new TextDecoder('latin1').decode(bytes.subarray(10, header));
      return { text, data: bytes.slice(header) };
    };
    expect(content('data').text).toContain("'descr': '<f4', 'fortran_order': False, 'shape': (4,)");
    expect([...new Float32Array(content('data').data.buffer)]).toEqual([0.5, 2, -1, 3]);
    expect([...new Int32Array(content('indices').data.buffer)]).toEqual([1, 3, 0, 3]);
    expect([...new BigInt64Array(content('indptr').data.buffer)]).toEqual([0n, 2n, 2n, 4n]);
    expect([...new BigInt64Array(content('shape').data.buffer)]).toEqual([3n, 4n]);
    expect(content('format').text).toContain("'descr': '|S3', 'fortran_order': False, 'shape': ()");
    expect(new TextDecoder().decode(content('format').data)).toBe('csr');
  });
});
