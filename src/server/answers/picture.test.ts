import { expect, test } from 'vitest';
import { decodePng } from '../../codecs/png.ts';
import { pictureOf } from './picture.ts';

test('a row of a sheet has its images of every part, from left to right', async () => {
  const image = { channels: 1, height: 1, width: 1 };
  const parts = [
    { data: Float32Array.of(0, 1), each: 1 },
    { data: Float32Array.of(0.2, 0.4, 0.6, 0.8), each: 2 },
  ];
  const file = await pictureOf({ parts, image, sheet: { columns: 3, scale: 1 } });
  const { width, height, data } = decodePng(file, 'sheet');
  expect([width, height]).toEqual([5, 3]);
  const rows = [data.slice(0, 5), data.slice(10, 15)].map((row) => [row[0], row[2], row[4]]);
  expect(rows).toEqual([
    [0, 51, 102],
    [255, 153, 204],
  ]);
});
