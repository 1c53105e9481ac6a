import { expect, test } from 'vitest';
import { pixelOf } from '../plot/scatter.ts';
import { lookOf, meanImage, paint, squaredError } from './pixels.ts';
import { Tiles, tileSide } from './plane-tiles.ts';

const set = (values: number[], channels: 1 | 3, height: number, width: number) => ({
  kind: 'image' as const,
  count: values.length / (channels * height * width),
  ...{ channels, height, width, values: Uint8Array.from(values) },
  ...{ labels: new Uint8Array(values.length / (channels * height * width)), classes: ['a'] },
});

test('strokes on a dark ground are ink on paper; photographs and colours stay as they are', () => {
  expect(lookOf(set([0, 0, 0, 255], 1, 2, 2)).ink).toBe(true);
  expect(lookOf(set([90, 80, 120, 255], 1, 2, 2)).ink).toBe(false);
  expect(lookOf(set(Array(12).fill(0), 3, 2, 2)).ink).toBe(false);
});

test('an image as pixels: bytes, floats, colours', () => {
  const rgba = new Uint8ClampedArray(8);
  paint(rgba, Uint8Array.of(0, 200), { height: 1, width: 2, channels: 1, ink: true });
  expect([...rgba]).toEqual([255, 255, 255, 255, 55, 55, 55, 255]);
  paint(rgba, Float32Array.of(0, 1, 0.5, 0, 2, -1), { height: 1, width: 2, channels: 3, ink: false });
  expect([...rgba]).toEqual([0, 128, 255, 255, 255, 0, 0, 255]);
});

test('mean and error', () => {
  const images = set([0, 0, 255, 255], 1, 1, 2);
  expect([...meanImage(images, [0, 1])]).toEqual([0.5, 0.5]);
  expect(squaredError(Uint8Array.of(0, 255), Float32Array.of(0.5, 1))).toBe(0.125);
});

test('pictures are as large as their number allows', () => {
  const plane = { width: 900, height: 600 };
  expect([3, 100, 500].map((count) => tileSide(count, plane))).toEqual([84, 48, 24]);
  expect(tileSide(100_000, plane)).toBe(16);
});

test('a picture is drawn around its place, also at the edges of the surface', () => {
  const white = pixelOf('#ffffff');
  const surface = { width: 8, height: 8, pixels: new Uint32Array(64).fill(white) };
  const images = set(Array(16).fill(255), 1, 4, 4);
  const tiles = new Tiles(images, { ...images, ink: true });
  tiles.resize(4);
  tiles.draw(surface, 0, 4, 4, pixelOf('#ff0000'), 1);
  expect(surface.pixels.filter((pixel) => pixel !== white).length).toBe(16);
  tiles.draw(surface, 0, 0, 7, pixelOf('#00ff00'), 1);
  expect(surface.pixels[7 * 8]).not.toBe(white);
  expect(surface.pixels[7 * 8 + 7]).toBe(white);
});

test('a photograph keeps its colours and gets a frame; a large image is averaged', () => {
  const surface = { width: 12, height: 12, pixels: new Uint32Array(144).fill(pixelOf('#ffffff')) };
  // Red rises from 0 to 255 across; green and blue are 0.
  const red = Array.from({ length: 64 }, (_, i) => ((i % 8) * 255) / 7);
  const images = set([...red, ...Array(128).fill(0)], 3, 8, 8);
  const tiles = new Tiles(images, { ...images, ink: false });
  tiles.resize(4);
  tiles.draw(surface, 0, 6, 6, pixelOf('#0000ff'), 1);
  expect(surface.pixels[6 * 12 + 3]).toBe(pixelOf('#0000ff'));
  expect(surface.pixels[6 * 12 + 4]! & 255).toBe(Math.floor(255 / 14));
});
