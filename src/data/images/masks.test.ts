import { describe, expect, test } from 'vitest';
import { samplesOf } from '../source.ts';
import { openImageFolder } from './folder.ts';
import { fitMask } from './masks.ts';
import { flat, folderOf, png } from './testing.ts';

const mask = (width: number, values: readonly number[]) => ({
  width,
  height: values.length / width,
  values: Uint8Array.from(values),
});
const fitted = (
  of: ReturnType<typeof mask>,
  height: number,
  width: number,
  fit: 'contain' | 'cover' | 'fill',
) => [...fitMask(of, { height, width, fit, invert: false, background: 0 })];

describe('a mask is fitted as its picture', () => {
  test('pixels that are covered by half', () => {
    const of = mask(4, [1, 1, 1, 0, 0, 0, 1, 0]);
    expect(fitted(of, 1, 2, 'fill')).toEqual([1, 1]);
    expect(fitted(mask(4, [1, 0, 0, 0, 0, 0, 0, 0]), 1, 2, 'fill')).toEqual([1, 0]);
    expect(fitted(mask(2, [1, 0]), 2, 4, 'fill')).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
  });

  test('with a border, or cut off', () => {
    const wide = mask(4, [1, 1, 1, 1, 1, 1, 1, 1]);
    expect(fitted(wide, 4, 4, 'contain')).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
    expect(fitted(mask(4, [1, 0, 0, 1, 1, 0, 0, 1]), 2, 2, 'cover')).toEqual([0, 0, 0, 0]);
  });
});

const GOOD = flat(8, 8, 9);
/** A mask of 8 × 8 whose left half is of a value. */
const left = (value: number) =>
  png(
    8,
    8,
    1,
    Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? value : 0)),
  );
const files = (of: Uint8Array) => ({
  ...Object.fromEntries([1, 2, 3, 4].map((i) => [`train/good/${i}.png`, flat(8, 8, i)])),
  'test/good/1.png': GOOD,
  'test/cut/1.png': GOOD,
  'test/cut/2.png': GOOD,
  'ground_truth/cut/1_mask.png': of,
});

describe('masks of a folder', () => {
  test.each([255, 200, 1])(
    'are kept for the images that have one, at the size of the model: %i',
    async (value) => {
      const set = await openImageFolder(folderOf(files(left(value))), { size: 4 });
      const { test, train } = samplesOf(set);
      expect(train.masks).toBe(undefined);
      const place = test.names!.indexOf('test/cut/1.png');
      expect([...test.masks!.present]).toEqual(test.names!.map((_, i) => Number(i === place)));
      const into = new Uint8Array(32).fill(7);
      await test.masks!.read(Uint32Array.of(place, (place + 1) % 3), into);
      expect([...into]).toEqual([
        ...Array.from({ length: 16 }, (_, i) => Number(i % 4 < 2)),
        ...new Array(16).fill(0),
      ]);
    },
  );

  test('of another size than their picture are refused with both', async () => {
    const folder = folderOf(files(flat(4, 8, 255)));
    await expect(openImageFolder(folder)).rejects.toThrow(
      /1_mask\.png: must be as large as its picture, .*test\/cut\/1\.png: 8 × 8, got 4 × 8; repair or remove it/,
    );
  });
});
