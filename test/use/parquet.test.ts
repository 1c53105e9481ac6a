/** Damaged Parquet: decoded on a thread, which is ended when it takes too long. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parquetFile } from '../../dist/data/stream/threaded-parquet-file.js';
import { threadedParquet } from '../../dist/data/tables/threaded-parquet.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-parquet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COUNT = 5000;
const bytes = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      {
        name: 'steel',
        data: Array.from({ length: COUNT }, (_, i) => (i % 3 === 0 ? 'A2' : 'A4')),
        type: 'STRING',
      },
      { name: 'width', data: Array.from({ length: COUNT }, (_, i) => i / 7), type: 'DOUBLE' },
    ],
    codec: 'UNCOMPRESSED',
  }),
);

async function read(name: string, content: Uint8Array, patience?: number): Promise<unknown[][]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const file = await open(path);
  try {
    const rows: unknown[][] = [];
    const table = await threadedParquet(path, { file, size: content.length }, { name }, patience);
    for await (const group of table.groups) rows.push(...group.rows);
    return rows;
  } finally {
    await file.close();
  }
}

test('rows come from the thread in order', async () => {
  const rows = await read('good.parquet', bytes);
  expect(rows).toHaveLength(COUNT);
  expect(rows[4999]).toEqual(['A4', 4999 / 7]);
});

/** The same bytes, but a page keeps the decoder busy forever. */
function endless(): Uint8Array {
  const damaged = bytes.slice();
  // A run of packed values: one bit each, 125 groups of eight. It becomes one of no bits and -2³¹ values.
  const run = Buffer.from(damaged.buffer).indexOf(Buffer.from([1, 0xfb, 0x01, 0xb6]));
  expect(run).toBeGreaterThan(0);
  damaged.set([0, 0x81, 0x80, 0x80, 0x80, 0x02], run);
  return damaged;
}

test('a page that keeps the decoder busy forever ends in an error', async () => {
  await expect(read('endless.parquet', endless(), 1500)).rejects.toThrow(
    /^endless\.parquet: must be an undamaged Parquet file, got rows that are not decoded after 2 s; write the file again/,
  );
});

test('damage within the pages is an error with the name of the file', async () => {
  const damaged = bytes.slice();
  damaged.fill(0xff, 4, 60);
  await expect(read('damaged.parquet', damaged)).rejects.toThrow(/^damaged\.parquet.*must/);
});

test('so do columns of pictures and labels; other files are read after that', async () => {
  const [good, bad] = [join(folder, 'pictures.parquet'), join(folder, 'endless-pictures.parquet')];
  writeFileSync(good, bytes);
  writeFileSync(bad, endless());
  const damaged = await parquetFile(bad, bytes.length, 1500);
  const whole = await parquetFile(good, bytes.length);
  const [failed, read] = [damaged.rows(['steel'], 0, COUNT), whole.rows(['steel'], 0, 2)];
  await expect(failed).rejects.toThrow(
    /endless-pictures\.parquet: must be an undamaged Parquet file, got rows that are not decoded after 2 s; write the file again/,
  );
  expect(await read).toEqual([{ steel: 'A2' }, { steel: 'A4' }]);
});
