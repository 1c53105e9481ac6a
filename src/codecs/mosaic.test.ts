import { expect, test } from 'vitest';
import { mosaic, mosaicSize, picturesOf } from './mosaic.ts';

const rows = ({ data, width, channels }: { data: Uint8Array; width: number; channels: number }) =>
  Array.from({ length: data.length / (width * channels) }, (_, y) =>
    Array.from(data.subarray(y * width * channels, (y + 1) * width * channels)),
  );

test('pictures lie row by row, with ground between them and in empty places', () => {
  const layout = { channels: 1, height: 1, width: 2, columns: 2, gap: 1, ground: 9 } as const;
  expect(rows(mosaic(Uint8Array.of(1, 2, 3, 4, 5, 6), layout))).toEqual([
    [1, 2, 9, 3, 4],
    [9, 9, 9, 9, 9],
    [5, 6, 9, 9, 9],
  ]);
  expect(mosaicSize({ ...layout, rows: 3 })).toEqual({ width: 5, height: 5 });
});

test('a dot of a larger tile is the pixel that it lies in, also where a side is no multiple', () => {
  const picture = Uint8Array.of(1, 2, 3, 4);
  const drawn = mosaic(picture, {
    ...{ channels: 1, height: 2, width: 2, columns: 1 },
    tile: { height: 3, width: 5 },
  });
  expect(rows(drawn)).toEqual([
    [1, 1, 1, 2, 2],
    [1, 1, 1, 2, 2],
    [3, 3, 3, 4, 4],
  ]);
});

test('colours stay together, gaps may differ, and the pictures can be taken from the sheet', () => {
  const pictures = Uint8Array.from({ length: 5 * 2 * 3 * 3 }, (_, i) => i);
  const layout = { channels: 3, height: 2, width: 3, columns: 2, gap: { height: 4, width: 1 } } as const;
  const sheet = mosaic(pictures, { ...layout, rows: 4 });
  expect([sheet.height, sheet.width]).toEqual([20, 7]);
  expect(sheet.data.subarray(0, 12)).toEqual(Uint8Array.of(...pictures.subarray(0, 9), 255, 255, 255));
  expect(picturesOf(sheet, layout, 5)).toEqual(pictures);
});
