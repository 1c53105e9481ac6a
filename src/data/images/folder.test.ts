import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classCounts } from '../classes.ts';
import type { Dataset } from '../dataset.ts';
import { openDataset } from '../open.ts';
import { samplesOf } from '../source.ts';
import { trainingSplits } from '../splits.ts';
import { convertFile } from './convert.ts';
import { openImageFolder } from './folder.ts';
import type { FolderSettings } from './folder-settings.ts';
import { wholePreprocessing } from './preprocessing.ts';
import { flat, folderOf, png } from './testing.ts';

const AS = wholePreprocessing({ height: 8, width: 8, channels: 1 });

/** `count` flat pictures a class, the shades of each its own: 10 and more for the first, 60 and more for the next. */
const classesOf = (names: readonly string[], count: number, side = 8) =>
  Object.fromEntries(
    names.flatMap((name, c) =>
      Array.from({ length: count }, (_, i) => [`${name}/${i}.png`, flat(side, side, 10 + 50 * c + i)]),
    ),
  );

/** The first pixel and the class of each split's images. */
const shades = ({ train, test, classes, height, width, channels }: Dataset) => {
  const size = height * width * channels;
  const of = ({ images, labels, count }: Dataset['train']) =>
    Array.from({ length: count }, (_, i) => `${classes[labels[i]!]} ${images[i * size]}`);
  return { train: of(train), test: of(test) };
};

describe('a folder of classes', () => {
  test('is split by class and seed, the same every time; every image is in one split', async () => {
    const folder = folderOf(classesOf(['b', 'a', 'c'], 20));
    const set = await openImageFolder(folder);
    expect(set.classes).toEqual(['a', 'b', 'c']);
    expect([set.height, set.width, set.channels]).toEqual([8, 8, 1]);
    const { train, test } = shades(set);
    expect([train.length, test.length]).toEqual([51, 9]);
    for (const name of set.classes) expect(test.filter((shade) => shade.startsWith(name))).toHaveLength(3);
    expect(new Set([...train, ...test]).size).toBe(60);
    // Labels are those of the folders: a's shades are b's place in the list of arguments.
    expect([...train, ...test]).toContain('b 10');
    expect([...train, ...test]).toContain('a 60');
    expect(shades(await openImageFolder(folder))).toEqual({ train, test });
    expect(shades(await openImageFolder(folder, { splitSeed: 2 }))).not.toEqual({ train, test });
    expect((await openImageFolder(folder, { test: 0.5 })).test.count).toBe(30);
  });

  test('with train and test in it keeps these; a folder without classes has one', async () => {
    const named = await openImageFolder(
      folderOf({
        ...classesOf(['train/x', 'test/x'], 3),
        'test/y/1.png': flat(8, 8, 200),
        'valid/y/1.png': flat(8, 8, 201),
      }),
    );
    expect(named.classes).toEqual(['x', 'y']);
    expect([named.train.count, named.validation?.count, named.test.count]).toEqual([3, 1, 4]);
    const loose = await openImageFolder(
      folderOf({ '1.png': flat(8, 8, 1), '2.png': flat(8, 8, 2), '3.png': flat(8, 8, 3) }),
    );
    expect(loose.classes).toEqual(['all']);
    expect([loose.train.count, loose.test.count]).toEqual([2, 1]);
    const asClasses = await openImageFolder(folderOf(classesOf(['train', 'other'], 3)), {
      layout: 'classes',
    });
    expect(asClasses.classes).toEqual(['other', 'train']);
  });

  test('without a test split keeps a share of the training images; classes may be in one split alone', async () => {
    const held = await openImageFolder(folderOf(classesOf(['Train/a', 'Train/b', 'VAL/a'], 20)));
    expect([held.train.count, held.validation?.count, held.test.count]).toEqual([34, 20, 6]);
    expect(held.classes).toEqual(['a', 'b']);
    const defects = await openImageFolder(
      folderOf({
        ...classesOf(['train/good', 'test/good', 'test/cut'], 4),
        ...classesOf(['ground_truth/cut'], 4),
      }),
    );
    expect(defects.classes).toEqual(['cut', 'good']);
    expect([defects.train.count, defects.test.count]).toEqual([4, 8]);
    expect([...new Set(defects.train.labels)]).toEqual([1]);
    expect(defects.folder).toMatchObject({
      normal: 'good',
      layout: expect.stringContaining('4 images with a mask of their defects'),
    });
    expect(classCounts(defects.classes, trainingSplits(samplesOf(defects), 'auto'))).toEqual([
      { name: 'cut', training: 0, validation: 0, test: 4 },
      { name: 'good', training: 3, validation: 1, test: 4 },
    ]);
  });
});

describe('size and colours', () => {
  const shape = async (files: Record<string, Uint8Array>, settings: FolderSettings = {}) => {
    const { height, width, channels } = await openImageFolder(folderOf(files), settings);
    return [height, width, channels];
  };
  const of = (...sizes: [number, number][]) =>
    Object.fromEntries(sizes.map(([width, height], i) => [`${i}.png`, flat(width, height, i)]));

  test('are those most images have', async () => {
    expect(await shape(of([20, 10], [20, 10], [20, 10], [9, 9]))).toEqual([10, 20, 1]);
    expect(await shape(of([200, 100], [200, 100], [200, 100]))).toEqual([32, 64, 1]);
    expect(await shape(of([20, 10], [21, 10], [22, 10], [23, 10]))).toEqual([64, 64, 1]);
    const mixed = { ...of([4, 4], [4, 4], [4, 4]), 'c.png': png(4, 4, 3, new Array<number>(48).fill(9)) };
    expect(await shape(mixed)).toEqual([4, 4, 3]);
    expect(await shape(mixed, { channels: 1 })).toEqual([4, 4, 1]);
    expect(await shape(mixed, { size: [6, 12] })).toEqual([6, 12, 3]);
  });

  test('with a longer side keep their proportions, in multiples of 16', async () => {
    const longerSide = 64;
    expect(await shape(of([200, 100], [200, 100], [200, 100]), { longerSide })).toEqual([32, 64, 1]);
    expect(await shape(of([50, 30], [50, 30], [50, 30]), { longerSide })).toEqual([32, 48, 1]);
    expect(await shape(of([20, 10], [20, 10], [20, 10]), { longerSide: 256 })).toEqual([16, 16, 1]);
    // Of many sizes, the median ones.
    expect(await shape(of([80, 150], [90, 140], [100, 130], [110, 120]), { longerSide })).toEqual([
      64, 48, 1,
    ]);
    expect(await shape(of([200, 100], [200, 100], [200, 100]), { longerSide, size: [8, 8] })).toEqual([
      8, 8, 1,
    ]);
    await expect(shape(of([20, 10], [20, 10], [20, 10]), { longerSide: 8 })).rejects.toThrow(
      'data.longerSide: must be a whole number of 16 to 1024 pixels, got 8',
    );
  });

  test('RGB lies plane by plane, and what was done is told', async () => {
    const red = png(4, 4, 3, Array.from({ length: 16 }, () => [200, 100, 50]).flat());
    const { train, folder } = await openImageFolder(
      folderOf({ '1.png': red, '2.png': red, '3.png': flat(4, 4, 7) }),
    );
    const first = [...train.images.subarray(0, 48)];
    const expected = first[0] === 7 ? [7, 7, 7] : [200, 100, 50];
    expect([first[0], first[16], first[32]]).toEqual(expected);
    expect(folder!.notes).toEqual(['4 × 4 RGB from 4 × 4 grey: grey in all three channels']);
  });
});

test('data.test has no effect next to a test folder, and a note says so', async () => {
  const files = { ...classesOf(['train'], 6), ...classesOf(['test'], 3) };
  const notes = async (settings: FolderSettings) =>
    (await openImageFolder(folderOf(files), settings)).folder!.notes.filter((note) =>
      /data\.test/.test(note),
    );
  expect(await notes({ test: 0.3 })).toEqual([
    'data.test=0.3 has no effect: the folder has a test split of its own',
  ]);
  expect(await notes({})).toEqual([]);
});

describe('refused with file, rule and a way out', () => {
  const opened = (files: Record<string, Uint8Array | string>, settings: FolderSettings = {}) =>
    openImageFolder(folderOf(files), settings);

  test.each<[string, Record<string, Uint8Array | string>, FolderSettings, RegExp]>([
    [
      'no images',
      { 'a.txt': 'x' },
      {},
      /must hold PNG, JPEG, WebP, TIFF, GIF, AVIF or BMP images.*got 1 other file left out.*1 \.txt/,
    ],
    ['two images', { 'a.png': flat(8, 8, 1), 'b.png': flat(8, 8, 1) }, {}, /at least 3 images.*got 2/],
    [
      'images next to classes',
      { ...classesOf(['a'], 3), 'b.png': flat(8, 8, 1) },
      {},
      /in sub-folders, one per class, or none, got .*b\.png/,
    ],
    [
      'a damaged one',
      { ...classesOf(['a'], 3), 'a/x.png': 'x' },
      {},
      /a\/x\.png: must be a PNG.*data\.onBad=skip/,
    ],
    [
      'nothing but damaged ones',
      { '1.png': 'x', '2.png': 'x', '3.png': 'x' },
      {},
      /at least one image that can be read/,
    ],
    ['too large a side', classesOf(['a'], 3), { size: 1025 }, /data\.size: must be a side.*4 to 1024/],
    ['no share', classesOf(['a'], 3), { test: 1 }, /data\.test: must be a share/],
  ])('%s', async (_, files, settings, rule) => {
    await expect(opened(files, settings)).rejects.toThrow(rule);
  });

  test('a damaged one is skipped on request, and reported', async () => {
    const { train, test, folder } = await opened(
      { ...classesOf(['a'], 5), 'a/x.png': 'x' },
      { onBad: 'skip' },
    );
    expect(train.count + test.count).toBe(5);
    expect(train.images.length).toBe(train.count * 64);
    expect(folder!.notes[0]).toMatch(/^skipped: .*a\/x\.png: must be a PNG/);
  });

  test('more classes than a label can tell', async () => {
    const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`c${i}/a.png`, flat(4, 4, 1)]));
    await expect(opened(many)).rejects.toThrow(/at most 256 classes.*got 257/);
  });

  test('what is neither a set nor a folder', async () => {
    const folder = folderOf({ 'a.png': flat(4, 4, 1) });
    await expect(openDataset(join(folder, 'a.png'))).rejects.toThrow(
      /folder of images, tar shards, an array in a file, or the name of a data set, got another file/,
    );
    await expect(openDataset(join(folder, 'none'))).rejects.toThrow(/got a path that does not exist/);
    await expect(openDataset('no-such-set')).rejects.toThrow(/or a folder of images/);
  });
});

test('a folder that is called as a set is does not pass for it', async () => {
  const named = folderOf(classesOf(['mnist/a'], 4));
  expect((await openImageFolder(join(named, 'mnist'))).name).toBe('mnist-folder');
});

describe('what is left out', () => {
  test('is counted by kind, with a way to include it; what systems leave in folders is not', async () => {
    const folder = folderOf({
      ...classesOf(['a', 'b'], 4),
      'a/1.HEIC': 'x',
      'a/2.heif': 'x',
      'a/3.jxl': 'x',
      'a/labels.csv': 'x',
      'a/more.csv': 'x',
      'b/notes': 'x',
      'b/Thumbs.db': 'x',
      'b/.DS_Store': 'x',
      '__MACOSX/a/._0.png': 'x',
      '__MACOSX/a/1.png': 'x',
    });
    symlinkSync(join(folder, 'a'), join(folder, 'linked'));
    symlinkSync(join(folder, 'gone'), join(folder, 'broken'));
    const { folder: plain, classes } = await openImageFolder(folder);
    expect(classes).toEqual(['a', 'b']);
    expect(plain!.notes).toEqual([
      '2 links left out: links are followed with --follow-links (in the library followLinks: true)',
      '2 HEIC files left out: this format cannot be read; convert to PNG or JPEG',
      '1 JPEG XL file left out: this format cannot be read; convert to PNG',
      '3 other files left out, not pictures by their names: 2 .csv, 1 without an extension',
    ]);
    const followed = await openImageFolder(folder, { followLinks: true });
    expect(followed.classes).toEqual(['a', 'b', 'linked']);
    expect(followed.folder!.notes[0]).toBe('1 link left out: their targets do not exist');
  });

  test('bad files are named together, and listed where they are skipped', async () => {
    const bad = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a/x${i}.png`, i % 2 ? 'x' : '']));
    const folder = folderOf({ ...classesOf(['a'], 30), ...bad });
    const error = await openImageFolder(folder).catch(String);
    expect(error).toMatch(
      /has 12 files that cannot be read: a\/x0\.png \(an empty file\), a\/x1.png \(something else\).* and 2 more; repair or remove them.*--on-bad skip/,
    );
    const { folder: skipping } = await openImageFolder(folder, { onBad: 'skip' });
    expect(skipping!.skipped).toHaveLength(12);
    expect(skipping!.notes).toContain('skipped: 9 more; skipped.json in the run folder lists them');
  });

  test('the error of a damaged file is its own, however many are damaged next to it', async () => {
    const whole = flat(40, 40, 9);
    const cut = whole.slice(0, whole.length - 20);
    const damaged = [
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 1, 2, 3]),
      Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'),
      cut,
      Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.alloc(20, 255)]),
    ];
    const reasonOf = async (bytes: Uint8Array) => {
      const error = await convertFile(bytes, 'one', AS).catch((thrown: Error) => thrown);
      return (error as Error).message;
    };
    const own: string[] = [];
    for (const bytes of damaged) own.push(await reasonOf(bytes));
    expect(new Set(own).size).toBe(4);
    for (let round = 0; round < 10; round++)
      expect(await Promise.all([...damaged, ...damaged].map(reasonOf))).toEqual([...own, ...own]);
  });
});
