import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
    /--out: must end in \.png, \.npy, \.parquet, \.csv or \.jsonl, or be a folder, got x\.docx/,
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
