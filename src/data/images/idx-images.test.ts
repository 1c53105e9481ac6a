import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeIdx } from '../../codecs/idx.ts';
import { openDataset } from '../open.ts';
import { idxImages } from './idx-images.ts';
import { isIdxName } from './idx-name.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hourglass-idx-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Images of 6 × 5; the first pixel tells which one it is. */
const images = (count: number, offset = 0): Uint8Array => {
  const data = new Uint8Array(count * 30).fill(9);
  for (let i = 0; i < count; i++) data[i * 30] = i + offset;
  return encodeIdx({ shape: [count, 6, 5], data });
};
const labels = (values: readonly number[]): Uint8Array =>
  encodeIdx({ shape: [values.length], data: Uint8Array.from(values) });

let folders = 0;
async function folderOf(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(root, `${folders++}-`));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

test('names of IDX files', () => {
  const names = ['train-images-idx3-ubyte', 't10k-labels.idx1-ubyte.gz', 'MINE.IDX', 'x.idx3'];
  expect(names.map(isIdxName)).toEqual([true, true, true, true]);
  expect(['x.png', 'idx.txt', 'images.npy'].map(isIdxName)).toEqual([false, false, false]);
});

test('a folder of IDX files is a data set: splits by names, labels are classes, images keep their labels', async () => {
  const classes = [11, 3, 3, 11, 3, 11, 11, 3];
  const folder = await folderOf({
    'my-train-images-idx3-ubyte': images(8),
    'my-train-labels-idx1-ubyte': labels(classes),
    'my-test.images.idx3-ubyte.gz': gzipSync(images(2, 100)),
    'my-test.labels.idx1-ubyte': labels([3, 11]),
    'README.txt': new Uint8Array(3),
  });
  const set = await openDataset(folder);
  expect([set.height, set.width, set.channels, set.classes]).toEqual([6, 5, 1, ['03', '11']]);
  expect([set.train.count, set.test.count, set.validation]).toEqual([8, 2, null]);
  for (const { images: found, labels: of, count } of [set.train, set.test]) {
    for (let i = 0; i < count; i++) {
      const which = found[i * 30]!;
      const expected = which >= 100 ? [3, 11][which - 100] : classes[which];
      expect(Number(set.classes[of[i]!])).toBe(expected);
      expect(found[i * 30 + 1]).toBe(9);
    }
  }
});

test('images without labels and without a test split', async () => {
  const set = await openDataset(await folderOf({ 'some.idx': images(20) }), { images: { size: 8 } });
  expect([set.classes, set.train.count, set.test.count]).toEqual([['all'], 17, 3]);
  expect([set.height, set.width]).toEqual([8, 8]);
});

test('pictures come first', async () => {
  const folder = await folderOf({ 'a.png': new Uint8Array(4), 'some.idx': images(20) });
  await expect(openDataset(folder)).rejects.toThrow('must hold at least 3 images');
});

test('what is damaged or does not fit is refused by name', () => {
  const open = (files: Readonly<Record<string, Uint8Array>>) => () =>
    idxImages(
      'mine',
      Object.entries(files).map(([name, bytes]) => ({ name, bytes })),
    );
  expect(open({ 'a.idx': images(3).subarray(0, 40) })).toThrow('mine/a.idx: must be 106 bytes long');
  expect(open({ 'a.idx3': images(3), 'b.idx1': labels([1, 2]) })).toThrow(
    'mine/b.idx1: must hold 3 labels, one for each image of a.idx3',
  );
  expect(open({ 'b.idx1': labels([1, 2]) })).toThrow('mine/b.idx1: must have a file of images next to it');
  expect(open({ 'a.idx3': images(3), 'b.idx3': images(3) })).toThrow(
    'mine/b.idx3: must be the only file of images for its split, train',
  );
  expect(open({ 'a.idx3': images(3), 'a.idx1': labels([0, 0, 0]), 'test.idx3': images(2) })).toThrow(
    'mine/test.idx3: must have a file of labels, as the other splits have',
  );
  expect(open({ 'a.idx': encodeIdx({ shape: [2, 2], data: new Uint8Array(4) }) })).toThrow(
    'mine/a.idx: must hold images, in 3 dimensions, or labels, in 1',
  );
});
