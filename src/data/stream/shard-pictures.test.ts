import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { openImages } from '../images/index.ts';
import { wholePreprocessing } from '../images/preprocessing.ts';
import { bmp, flat, folderOf } from '../images/testing.ts';
import { tar } from './testing.ts';

const want = wholePreprocessing({ height: 8, width: 8, channels: 1 });

async function read(inputs: readonly string[], options: Parameters<typeof openImages>[2] = {}) {
  const found: [name: string, class_: string | null, shade: number][] = [];
  for await (const { names, classes, values } of openImages(inputs, want, options))
    for (const [i, name] of names.entries())
      found.push([name.split('/').slice(-2).join('/'), classes[i]!, values[i * 64]!]);
  return found;
}

async function errorOf(inputs: readonly string[]): Promise<string> {
  return read(inputs).then(
    () => 'none',
    (error: Error) => error.message,
  );
}

const picture = (shade: number) => new Uint8Array(flat(8, 8, shade));
const text = (value: string) => new TextEncoder().encode(value);

/** A picture that is larger than what an archive's reader has at hand. */
const large = (shade: number) => bmp(200, 200, [shade, shade, shade]);

describe('the pictures of shards', () => {
  test('come from archives in order, with the classes that labels or folders say', async () => {
    const folder = folderOf({});
    writeFileSync(
      join(folder, 'a.tar'),
      tar([
        { name: '0.png', content: picture(10) },
        { name: '0.cls', content: text('cat') },
        { name: '1.json', content: text('{"label": "dog"}') },
        { name: '1.png', content: picture(20) },
        { name: 'fish/2.png', content: picture(30) },
        { name: '3.bmp', content: large(40) },
      ]),
    );
    writeFileSync(join(folder, 'b.tar'), tar([{ name: '4.png', content: picture(50) }]));
    const expected = [
      ['a.tar/0.png', 'cat', 10],
      ['a.tar/1.png', 'dog', 20],
      ['fish/2.png', 'fish', 30],
      ['a.tar/3.bmp', null, 40],
      ['b.tar/4.png', null, 50],
    ];
    expect(await read([folder])).toEqual(expected);
    expect(await read([join(folder, 'a.tar'), join(folder, 'b.tar')])).toEqual(expected);
  });

  test('of an archive larger than what is read at once are each their own', async () => {
    const shades = Array.from({ length: 200 }, (_, i) => (i * 37) % 256);
    const entries = shades.map((shade, i) => ({ name: `${i}.png`, content: picture(shade) }));
    const folder = folderOf({ 'all.tar': tar(entries) });
    expect((await read([folder])).map(([, , shade]) => shade)).toEqual(shades);
  });

  test('come from Parquet files, a row group at a time', async () => {
    const folder = folderOf({});
    const pictures = Array.from({ length: 7 }, (_, i) => picture(10 * i));
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'image', data: pictures, type: 'BYTE_ARRAY' },
        { name: 'label', data: pictures.map((_, i) => (i % 2 ? 'odd' : 'even')), type: 'STRING' },
      ],
      rowGroupSize: 3,
    });
    writeFileSync(join(folder, 'all.parquet'), new Uint8Array(parquet));
    const found = await read([join(folder, 'all.parquet')]);
    expect(found.map(([, name, shade]) => [name, shade])).toEqual(
      pictures.map((_, i) => [i % 2 ? 'odd' : 'even', 10 * i]),
    );
    expect(found[4]![0]).toMatch(/all\.parquet\[4\]$/);
    expect(await read([folder])).toEqual(found);
  });

  test('a damaged shard is named, and others are read if bad ones are skipped', async () => {
    const folder = folderOf({});
    const whole = tar([
      { name: '0.png', content: picture(10) },
      { name: '1.png', content: text('no picture') },
      { name: '2.png', content: picture(30) },
    ]);
    writeFileSync(join(folder, 'a.tar'), whole.subarray(0, whole.length - 1700));
    writeFileSync(join(folder, 'b.tar'), tar([{ name: '4.png', content: picture(50) }]));
    expect(await errorOf([folder])).toContain('a.tar/1.png');
    const skipped: string[] = [];
    const found = await read([folder], { onBad: 'skip', onSkip: ({ message }) => skipped.push(message) });
    expect(found.map(([, , shade]) => shade)).toEqual([10, 50]);
    expect(skipped.join('\n')).toMatch(/a\.tar\/1\.png.*\n.*a\.tar: must be a complete tar archive/s);
  });

  test('compressed archives and tables without pictures are refused in words', async () => {
    const folder = folderOf({});
    const whole = tar([{ name: '0.png', content: picture(10) }]);
    writeFileSync(join(folder, 'a.tar'), gzipSync(whole));
    expect(await errorOf([join(folder, 'a.tar')])).toMatch(
      /a\.tar: must be a tar archive that is not compressed/,
    );
    expect(await errorOf([folder])).toMatch(/a\.tar: must be a tar archive that is not compressed/);
    const parquet = parquetWriteBuffer({ columnData: [{ name: 'price', data: [1, 2], type: 'DOUBLE' }] });
    writeFileSync(join(folder, 't.parquet'), new Uint8Array(parquet));
    expect(await errorOf([join(folder, 't.parquet')])).toMatch(/t\.parquet: must have a column of pictures/);
  });
});
