import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodeIdx } from '../../codecs/idx.ts';
import { encodeNpyHeader } from '../../codecs/npy.ts';
import { HourglassError } from '../../errors.ts';
import type { LabelledSource } from '../../samples/index.ts';
import type { SampleSet } from '../dataset.ts';
import { convertFile } from '../images/convert.ts';
import { describePreprocessing, wholePreprocessing } from '../images/preprocessing.ts';
import { flat, folderOf, png } from '../images/testing.ts';
import { openDataset, openSamples } from '../open.ts';
import { splitOfShard } from './tar-set.ts';
import { type Entry, tar } from './testing.ts';

async function bytesOf(source: LabelledSource): Promise<Uint8Array> {
  const into = new Uint8Array(source.count * source.spec.shape.reduce((a, b) => a * b, 1));
  await source.read(
    Uint32Array.from({ length: source.count }, (_, i) => i),
    into,
  );
  return into;
}

/** The shade and the class of each image, by split. */
async function shades({ train, validation, test, classes, ...set }: SampleSet) {
  const of = async (source: LabelledSource | null) => {
    if (source === null) return null;
    const bytes = await bytesOf(source);
    const size = set.height * set.width * set.channels;
    return Array.from({ length: source.count }, (_, i) => `${classes[source.labels[i]!]} ${bytes[i * size]}`);
  };
  return { train: await of(train), validation: await of(validation), test: await of(test) };
}

const stream = { images: { stream: true } };

describe('a folder of pictures', () => {
  const pictures = () =>
    folderOf({
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`${i % 2 ? 'a' : 'b'}/${i}.png`, flat(8, 8, i)]),
      ),
      'b/large.png': flat(30, 20, 99),
    });

  test('gives the same samples as from memory, in the same order', async () => {
    const folder = pictures();
    const [held, streamed] = [await openSamples(folder), await openSamples(folder, stream)];
    expect(streamed.folder!.notes.join()).toContain('decoded whenever they are needed');
    for (const split of ['train', 'test'] as const) {
      expect([...(await bytesOf(streamed[split]))]).toEqual([...(await bytesOf(held[split]))]);
      expect(streamed[split].labels).toEqual(held[split].labels);
      expect(streamed[split].names).toEqual(held[split].names);
    }
    expect(streamed.classes).toEqual(held.classes);
  });

  test('has masks, which are read when they are asked for', async () => {
    const folder = folderOf({
      ...Object.fromEntries([1, 2, 3].map((i) => [`train/good/${i}.png`, flat(4, 4, i)])),
      'test/cut/1.png': flat(4, 4, 4),
      'masks/cut/1.png': png(
        4,
        4,
        1,
        Array.from({ length: 16 }, (_, i) => (i < 4 ? 255 : 0)),
      ),
    });
    const { test: tested } = await openSamples(folder, stream);
    const into = new Uint8Array(16);
    await tested.masks!.read(Uint32Array.of(0), into);
    expect([...into]).toEqual(Array.from({ length: 16 }, (_, i) => Number(i < 4)));
  });

  test('refuses a mask of another size than its picture when it is read, naming both', async () => {
    const folder = folderOf({
      ...Object.fromEntries([1, 2, 3].map((i) => [`train/good/${i}.png`, flat(8, 8, i)])),
      'test/cut/1.png': flat(8, 8, 4),
      'masks/cut/1.png': flat(8, 7, 255),
    });
    const { test: tested } = await openSamples(folder, stream);
    await expect(tested.masks!.read(Uint32Array.of(0), new Uint8Array(64))).rejects.toThrow(
      /masks\/cut\/1\.png: must be as large as its picture, .*test\/cut\/1\.png: 8 × 8, got 8 × 7/,
    );
  });

  test('names a file that cannot be read, when it is needed', async () => {
    const folder = pictures();
    const { train } = await openSamples(folder, stream);
    const place = train.names!.findIndex((name) => name.startsWith('a/'));
    const name = train.names![place]!;
    writeFileSync(join(folder, name), 'no picture');
    await expect(train.read(Uint32Array.of(place), new Uint8Array(64))).rejects.toThrow(
      new RegExp(`${name}: must be a PNG`),
    );
  });
});

/** Samples of WebDataset: a picture and its class. */
const samples = (from: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => i + from).flatMap((i) => [
    { name: `${String(i).padStart(6, '0')}.png`, content: flat(6, 6, i) },
    { name: `${String(i).padStart(6, '0')}.cls`, content: Buffer.from(String(i % 3)) },
  ]);

describe('tar shards', () => {
  test('are read as WebDataset has them, with splits by their names', async () => {
    const folder = folderOf({
      'set-train-0.tar': tar(samples(0, 20)),
      'set-train-1.tar': tar(samples(20, 20)),
      'set-val-0.tar': tar(samples(40, 3)),
      'set-test-0.tar': tar(samples(50, 4)),
    });
    for (const options of [stream, {}]) {
      const found = await shades(await openSamples(folder, options));
      expect(found.train).toEqual(Array.from({ length: 40 }, (_, i) => `${i % 3} ${i}`));
      expect(found.validation).toEqual(['1 40', '2 41', '0 42']);
      expect(found.test).toEqual(['2 50', '0 51', '1 52', '2 53']);
    }
    const { blocks, identity } = (await openSamples(folder, stream)).train;
    expect([...blocks!.starts]).toEqual([0, 20]);
    expect(identity).toBeDefined();
    expect((await openDataset(folder)).train.count).toBe(40);
  });

  test('keep a share for the test, and have the folders in them as classes', async () => {
    const entries = Array.from({ length: 30 }, (_, i) => ({
      name: `./images/${i % 2 ? 'cat' : 'dog'}/${i}.png`,
      content: flat(6, 6, i),
    }));
    const file = join(
      folderOf({ 'pets.tar': tar([{ name: 'images/', content: Buffer.alloc(0), type: '5' }, ...entries]) }),
      'pets.tar',
    );
    const set = await openSamples(file, stream);
    expect([set.name, set.classes, set.train.count, set.test.count]).toEqual(['pets', ['cat', 'dog'], 25, 5]);
    const { train, test: tested } = await shades(set);
    expect([...train!, ...tested!].sort()).toEqual(
      Array.from({ length: 30 }, (_, i) => `${i % 2 ? 'cat' : 'dog'} ${i}`).sort(),
    );
  });

  test('have long names of GNU and pax', async () => {
    const long = `${'x'.repeat(120)}/1.png`;
    const pax = (key: string, value: string) => {
      const rest = ` ${key}=${value}\n`;
      const length = [2, 3]
        .map((digits) => rest.length + digits)
        .find((n) => String(n).length + rest.length === n)!;
      return Buffer.from(`${length}${rest}`);
    };
    const file = folderOf({
      'a.tar': tar([
        { name: '././@LongLink', content: Buffer.from(`${long}\0`), type: 'L' },
        { name: 'short', content: flat(6, 6, 1) },
        { name: 'pax', content: pax('path', long.replace('1', '2')), type: 'x' },
        { name: 'short', content: flat(6, 6, 2) },
        { name: '3.png', content: flat(6, 6, 3) },
      ]),
    });
    const set = await openSamples(file, stream);
    expect([...set.train.names!, ...set.test.names!].sort()).toEqual(
      [`a.tar/3.png`, `a.tar/${long}`, `a.tar/${long.replace('1', '2')}`].sort(),
    );
  });

  const content = flat(6, 6, 1);
  const good = samples(0, 4);
  test.each<[string, Buffer, RegExp]>([
    [
      'a path upwards',
      tar([...good, { name: '../../etc/1.png', content }]),
      /a\.tar: must hold files whose names stay within it, got \.\.\/\.\.\/etc/,
    ],
    ['an absolute path', tar([...good, { name: '/etc/1.png', content }]), /names stay within it, got \/etc/],
    [
      'a lying size',
      tar([...good, { name: '1.png', content, size: 8 ** 10 }]),
      /a\.tar: must be a complete tar archive, got 1\.png of 1073741824 bytes, where \d+ are left/,
    ],
    ['one cut short within a file', tar(good).subarray(0, 3000), /complete tar archive/],
    ['one cut short between files', tar(good).subarray(0, 4096), /without the two empty blocks/],
    [
      'damage',
      Buffer.concat([tar(good).subarray(0, 2048), Buffer.alloc(2048, 7)]),
      /byte 2048: must be the header of a tar entry/,
    ],
    ['no pictures', tar([{ name: 'a.txt', content }]), /must hold tar archives with pictures/],
    [
      'a path upwards with the separators of Windows',
      tar([...good, { name: '..\\..\\1.png', content }]),
      /names stay within it, got \.\.\\\.\.\\1\.png/,
    ],
    [
      'a long name that leads upwards',
      tar([
        ...good,
        { name: '././@LongLink', content: Buffer.from('a/../../1.png\0'), type: 'L' },
        { name: '1.png', content },
      ]),
      /names stay within it, got a\/\.\.\/\.\.\/1\.png/,
    ],
  ])('refuse %s, naming the file', async (_, bytes, error) => {
    await expect(openSamples(folderOf({ 'a.tar': bytes }), stream)).rejects.toThrow(error);
  });

  test.each([
    ['a.tar', 'a tar archive'],
    ['A.TAR', 'a tar archive'],
    ['a.parquet', 'a Parquet file'],
  ])('%s with other bytes is refused as %s', async (name, what) => {
    const file = join(folderOf({ [name]: Buffer.alloc(0) }), name);
    await expect(openSamples(file, stream)).rejects.toThrow(
      new RegExp(`${name}: must be ${what} that is not compressed`),
    );
  });

  test('that are damaged are read up to there with onBad skip, and it is said', async () => {
    const folder = folderOf({
      'a.tar': tar(samples(0, 9)),
      'b.tar': tar(samples(9, 4)).subarray(0, 5 * 1024),
    });
    const set = await openSamples(folder, { images: { stream: true, onBad: 'skip' } });
    expect(set.train.count + set.test.count).toBeGreaterThan(9);
    expect(set.folder!.notes.join()).toMatch(/skipped: .*b\.tar: must be a complete tar archive/);
  });

  test.each([
    ['data/train-00000.tar', 'train'],
    ['imagenet_val_000.tar', 'validation'],
    ['test/000.tar', 'test'],
    ['Train/shard-0.tar', 'train'],
    ['shard-000.tar', null],
    ['train-test.tar', null],
  ])('%s is of the split %s', (path, split) => expect(splitOfShard(path)).toBe(split));
});

describe('arrays', () => {
  const values = Uint8Array.from({ length: 40 * 12 }, (_, i) => (i * 7) & 255);
  const npy = (shape: number[], type: 'u1' | 'f4', bytes: Uint8Array) =>
    Buffer.concat([encodeNpyHeader(shape, type), bytes]);

  test('NPY and IDX give the same images, with the labels next to them', async () => {
    const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 4);
    const folder = folderOf({
      'x.npy': npy([40, 3, 4], 'u1', values),
      'y.npy': npy([40], 'u1', labels),
      'images-idx3-ubyte': encodeIdx({ shape: [40, 3, 4], data: values }),
      'labels-idx1-ubyte': encodeIdx({ shape: [40], data: labels }),
    });
    const [a, b] = [
      await openSamples(join(folder, 'x.npy'), stream),
      await openSamples(join(folder, 'images-idx3-ubyte'), stream),
    ];
    expect([a.height, a.width, a.channels, a.classes]).toEqual([3, 4, 1, ['0', '1', '2', '3']]);
    expect([...(await bytesOf(a.train))]).toEqual([...(await bytesOf(b.train))]);
    expect([a.train.count, a.test.count]).toEqual([34, 6]);
    expect([...a.train.labels]).toEqual([...b.train.labels]);
    const all = [...(await bytesOf(a.train)), ...(await bytesOf(a.test))].sort();
    expect(all).toEqual([...values].sort());
  });

  test('floats stay floats; channels may be last', async () => {
    const floats = Float32Array.from({ length: 6 * 12 }, (_, i) => i / 100);
    const folder = folderOf({
      'f.npy': npy([6, 2, 2, 3], 'f4', new Uint8Array(floats.buffer)),
    });
    const set = await openSamples(join(folder, 'f.npy'));
    expect([set.height, set.width, set.channels, set.train.spec.storage]).toEqual([2, 2, 3, 'float32']);
    const into = new Float32Array(12);
    await set.train.read(Uint32Array.of(0), into);
    const first = Math.floor(Math.round(into[0]! * 100) / 12) * 12;
    const expected = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11].map((i) => Math.fround((first + i) / 100));
    expect([...into]).toEqual(expected);
  });

  test.each<[string, Buffer, RegExp]>([
    [
      'cut off',
      npy([40, 3, 4], 'u1', values).subarray(0, -1),
      /must be \d+ bytes long, as its shape says, got \d+ bytes \(cut off\)/,
    ],
    ['too long', npy([40, 3, 4], 'u1', Buffer.concat([values, values])), /too long/],
    ['a lying shape', npy([2 ** 31, 3, 4], 'u1', values), /cut off/],
  ])('%s is refused with the file', async (_, bytes, error) => {
    const file = join(folderOf({ 'x.npy': bytes }), 'x.npy');
    const opening = openSamples(file, stream);
    await expect(opening).rejects.toThrow(error);
    await expect(opening).rejects.toThrow(/x\.npy/);
  });
});

describe('Parquet in the layout of Hugging Face', () => {
  const picture = (i: number) => flat(6, 6, i);
  const written = async (count: number, { rowGroupSize = 8, names = true } = {}) => {
    const images = Array.from({ length: count }, (_, i) => ({ bytes: picture(i), path: `${i}.png` }));
    return new Uint8Array(
      parquetWriteBuffer({
        schema: [
          { name: 'root', num_children: 2 },
          { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
          { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
          { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
          { name: 'label', type: 'INT32', repetition_type: 'OPTIONAL' },
        ],
        columnData: [
          { name: 'image', data: images },
          { name: 'label', data: Array.from({ length: count }, (_, i) => i % 2) },
        ],
        rowGroupSize,
        ...(names
          ? {
              kvMetadata: [
                { key: 'huggingface', value: '{"info":{"features":{"label":{"names":["cat","dog"]}}}}' },
              ],
            }
          : {}),
      }),
    );
  };

  test('is read a row group at a time, with names of classes and splits by the names of files', async () => {
    const folder = folderOf({
      'data/train-00000-of-00001.parquet': await written(20),
      'data/test-00000-of-00001.parquet': await written(5, { names: false }),
    });
    const set = await openSamples(folder, stream);
    const found = await shades(set);
    expect(found.train).toEqual(Array.from({ length: 20 }, (_, i) => `${i % 2 ? 'dog' : 'cat'} ${i}`));
    expect(found.test).toEqual(['0 0', '1 1', '0 2', '1 3', '0 4']);
    expect([...set.train.blocks!.starts]).toEqual([0, 8, 16]);
    expect(set.folder!.layout).toBe("2 Parquet files with 25 pictures in the column 'image'");
  });

  test('spoilt files are read or refused, naming the file', async () => {
    const whole = await written(9, { rowGroupSize: 4 });
    const file = join(folderOf({ 'a.parquet': whole }), 'a.parquet');
    let refused = 0;
    for (let n = 0; n < 120; n++) {
      const bytes = Uint8Array.from(whole);
      const at = (n * 7919) % bytes.length;
      if (n % 3 === 0) bytes[bytes.length - 1 - (at % 400)]! ^= 1 + (n % 255);
      else if (n % 3 === 1) bytes.fill(n, at, at + 4);
      writeFileSync(file, n % 3 === 2 ? bytes.subarray(0, at) : bytes);
      const reading = openSamples(file, stream).then(async (set) => {
        await bytesOf(set.train);
        await bytesOf(set.test);
      });
      await reading.catch((error: unknown) => {
        refused++;
        expect(error).toBeInstanceOf(HourglassError);
        expect((error as Error).message).toContain(file);
      });
    }
    expect(refused).toBeGreaterThan(40);
  });

  test('refuses text as pictures, a file cut short and damage, naming the file', async () => {
    const text = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'image', data: ['a', 'b', 'c'], type: 'STRING' }] }),
    );
    const whole = await written(9);
    const open = (bytes: Uint8Array) =>
      openSamples(join(folderOf({ 'a.parquet': bytes }), 'a.parquet'), stream);
    await expect(open(text)).rejects.toThrow(
      /a\.parquet: must have pictures as bytes in its column 'image', alone or as {bytes, path}, got text/,
    );
    await expect(open(whole.subarray(0, -9))).rejects.toThrow(/a\.parquet: must be a complete Parquet file/);
    await expect(open(whole.subarray(0, 400))).rejects.toThrow(/a\.parquet: must be a complete Parquet file/);
    const damaged = Uint8Array.from(whole);
    damaged.fill(255, damaged.length - 60, damaged.length - 10);
    await expect(open(damaged)).rejects.toThrow(/a\.parquet/);
  });
});

describe('Parquet with a row that has no picture', () => {
  const written = (type: { converted_type?: 'UTF8' }, images: unknown[]) =>
    new Uint8Array(
      parquetWriteBuffer({
        schema: [
          { name: 'root', num_children: 1 },
          { name: 'image', num_children: 1, repetition_type: 'OPTIONAL' },
          { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', ...type },
        ],
        columnData: [{ name: 'image', data: images }],
      }),
    );
  const open = (bytes: Uint8Array) =>
    openSamples(join(folderOf({ 'a.parquet': bytes }), 'a.parquet'), stream);

  test.each([null, { bytes: null }, { bytes: new Uint8Array(0) }])('%j: the others are read', async (gap) => {
    const images = Array.from({ length: 20 }, (_, i) => (i === 7 ? gap : { bytes: flat(6, 6, i) }));
    const { train, test: tested } = await open(written({}, images));
    const one = async (source: LabelledSource, place: number) => {
      const into = new Uint8Array(36);
      await source.read(Uint32Array.of(place), into);
      return into[0];
    };
    for (const source of [train, tested]) {
      for (const [place, name] of source.names!.entries()) {
        const row = Number(/\[(\d+)\]/.exec(name)![1]);
        if (row !== 7) expect(await one(source, place)).toBe(row);
        else
          await expect(one(source, place)).rejects.toThrow(
            /a\.parquet\[7\]: must have a picture's bytes in its column 'image', got none/,
          );
      }
    }
  });

  test('is refused where the bytes are text, and where no row has a picture', async () => {
    const texts = ['a', 'b', 'c'].map((bytes) => ({ bytes }));
    await expect(open(written({ converted_type: 'UTF8' }, texts))).rejects.toThrow(
      /a\.parquet: must have pictures as bytes in its column 'image', .*got text/,
    );
    const others = texts.map(({ bytes }) => ({ bytes: new TextEncoder().encode(bytes) }));
    await expect(open(written({}, others))).rejects.toThrow(
      /must hold at least one image that can be read, got none: .*a\.parquet\[0\]: must be a PNG/,
    );
  });
});

describe('16 bits a channel', () => {
  const deep = async (of: (i: number) => number, channels: 1 | 3 = 1) =>
    sharp(
      Uint16Array.from({ length: 64 * channels }, (_, i) => of(i)),
      { raw: { width: 8, height: 8, channels } },
    )
      .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
      .png()
      .toBuffer();

  test('are kept when they are asked for, in memory and out of it; eight bits become as many', async () => {
    const folder = folderOf({
      'a.png': await deep((i) => 1000 * i + 7),
      'b.png': flat(8, 8, 100),
      'c.png': await deep((i) => 65535 - i),
    });
    for (const stream of [true, false]) {
      const { train, test: tested } = await openSamples(folder, { images: { depth: 16, stream, size: 8 } });
      expect(train.spec).toMatchObject({ storage: 'uint16', scaling: { type: 'divisor', divisor: 65535 } });
      const found = new Map<string, number[]>();
      for (const source of [train, tested]) {
        const into = new Uint16Array(64 * source.count);
        await source.read(
          Uint32Array.from({ length: source.count }, (_, i) => i),
          into,
        );
        for (const [i, name] of source.names!.entries())
          found.set(name, [...into.subarray(64 * i, 64 * i + 64)]);
      }
      expect(found.get('a.png')).toEqual(Array.from({ length: 64 }, (_, i) => 1000 * i + 7));
      expect(found.get('b.png')).toEqual(new Array(64).fill(25_700));
      expect(found.get('c.png')).toEqual(Array.from({ length: 64 }, (_, i) => 65535 - i));
    }
  });

  test('range, inversion, size and colours are those of eight bits', async () => {
    const bytes = await deep((i) => 4 * i, 3);
    const want = wholePreprocessing({
      height: 4,
      width: 4,
      channels: 1,
      range: 4095,
      invert: true,
      depth: 16,
    });
    const { depth: _, ...eight } = want;
    const [fine, coarse] = [await convertFile(bytes, 'a', want), await convertFile(bytes, 'a', eight)];
    for (const [i, value] of fine.values.entries())
      expect(Math.abs(255 * value - coarse.values[i]!)).toBeLessThan(1.5);
    expect(describePreprocessing(want)).toBe(
      '4 × 4 grey, fitted within, inverted, 4,095 as white, 16 bits a channel',
    );
  });

  test('are refused for a set in memory as bytes', async () => {
    await expect(
      openDataset(folderOf({ 'a.png': flat(8, 8, 1) }), { images: { depth: 16 } }),
    ).rejects.toThrow(/depth: must be 8 for images that are held in memory as bytes/);
  });
});
