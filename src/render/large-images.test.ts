import { expect, test } from 'vitest';
import { decodePng } from '../codecs/png.ts';
import { svgToPng } from '../raster/index.ts';
import { imageGrid, imageRows, thumbnailSize, thumbnails } from './index.ts';

const SIDE = 128;
const noise = (n: number) =>
  Float32Array.from({ length: n * 3 * SIDE * SIDE }, (_, i) => ((i * 7919 + (i >> 3) ** 2) % 1009) / 1009);
const kind = { height: SIDE, width: SIDE, channels: 3, light: true } as const;

test('rows of large photographs take a dot a pixel', () => {
  const svg = imageRows({ title: 'T', rows: [{ label: 'input', images: noise(4) }], ...kind });
  expect(svg.length).toBeLessThan(4 * 3 * SIDE * SIDE * 1.6);
  expect(svg).not.toContain('pixelated');
});

test('a grid of large photographs is no wider than one of digits', () => {
  const svg = imageGrid({ title: 'T', images: noise(16), columns: 4, rows: 4, ...kind });
  const width = Number(/<svg [^>]*width="(\d+)"/.exec(svg)![1]);
  expect(width).toBeLessThan(330);
  const many = imageGrid({ title: 'T', images: noise(20), columns: 20, rows: 1, ...kind });
  expect(Number(/<svg [^>]*width="(\d+)"/.exec(many)![1])).toBeLessThan(700);
});

const sizeOf = (svg: string) =>
  ['width', 'height'].map((side) => Number(new RegExp(`<svg [^>]*${side}="(\\d+)"`).exec(svg)![1]));

test.each([
  [900, 900],
  [5000, 1],
  [1, 5000],
  [1, 1],
])('rows of images of %d × %d fit a page, next to codes of 8 × 8', (height, width) => {
  const images = new Uint8Array(3 * height * width).fill(100);
  const codes = { label: 'code', images: new Float32Array(3 * 64), height: 8, width: 8 };
  const [wide, high] = sizeOf(
    imageRows({ rows: [{ label: 'input', images }, codes, codes], height, width }),
  ) as [number, number];
  expect(wide).toBeLessThan(600);
  expect(high).toBeLessThan(500);
  // The lines are as high as their labels at least.
  expect(high).toBeGreaterThan(3 * 13);
  const grid = imageGrid({ title: 'T', images, columns: 3, rows: 1, height, width });
  for (const side of sizeOf(grid)) expect(side).toBeLessThan(400);
});

test('a picture of too many pixels is drawn smaller', async () => {
  const svg = imageRows({ rows: [{ label: 'input', images: new Uint8Array(784) }], height: 28, width: 28 });
  const most = 10_000;
  const { width, height } = decodePng(await svgToPng(svg, { most }), 'small');
  expect(width * height).toBeLessThanOrEqual(most);
  expect(width * height).toBeGreaterThan(0.8 * most);
  await expect(svgToPng(svg, { most, scale: 2 })).rejects.toThrow('a picture: must have at most');
});

test('thumbnails keep shapes, means and what is small enough', () => {
  const image = Uint8Array.from({ length: 2 * 256 * 512 }, (_, i) => (i % 2) * 200);
  expect(thumbnailSize({ height: 256, width: 512 })).toEqual({ height: 64, width: 128 });
  const small = thumbnails(image, { height: 256, width: 512 });
  expect(small).toEqual(new Uint8Array(2 * 64 * 128).fill(100));
  expect(thumbnailSize({ height: 100_000, width: 1 })).toEqual({ height: 128, width: 1 });
  expect([...thumbnails(Float32Array.of(0.5, 2, -1, Number.NaN), { height: 2, width: 2 })]).toEqual([
    128, 255, 0, 0,
  ]);
});
