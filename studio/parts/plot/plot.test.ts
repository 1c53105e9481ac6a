import { expect, test } from 'vitest';
import { COLOURS_ON_DARK, seriesColour, seriesColourOnDark } from '../../../src/render/palette.ts';
import { dotSize } from './density.ts';
import { countVisible, drawPoints, mixed, pixelOf } from './scatter.ts';
import { SHAPES, shapeOf, stampOf } from './stamps.ts';
import { short, tickLabels, ticks } from './ticks.ts';
import { boundsOf, fitted, panned, toPixels, toPlane, zoomed } from './viewport.ts';

const surface = (width: number, height: number) => ({
  width,
  height,
  pixels: new Uint32Array(width * height).fill(pixelOf('#ffffff')),
});
const ink = (radius: number, opacity = 1) => ({
  colours: new Uint32Array(256).fill(pixelOf('#ff0000')),
  stamps: Array.from({ length: 256 }, () => stampOf(0, radius, opacity)),
  hidden: new Uint8Array(256),
});

test('a colour and its pixel', () => {
  expect(pixelOf('#010203')).toBe(0xff030201);
  expect(mixed(pixelOf('#ffffff'), pixelOf('#000000'), 256)).toBe(pixelOf('#000000'));
  const half = mixed(pixelOf('#20ff00'), pixelOf('#e00040'), 128);
  const parts = [half & 255, (half >> 8) & 255, (half >> 16) & 255];
  for (const [i, wanted] of [0x80, 0x7f, 0x20].entries())
    expect(Math.abs(parts[i]! - wanted)).toBeLessThan(2);
});

test('points are drawn where they are; those outside and those that are no numbers are not', () => {
  const onto = surface(21, 21);
  const view = { width: 21, height: 21, x: 0, y: 0, across: 5, up: 5 };
  const points = {
    x: Float32Array.of(1, Number.NaN, 100, 0),
    y: Float32Array.of(1, 0, 0, -2),
    group: Uint8Array.of(0, 0, 0, 1),
  };
  const settings = ink(1);
  settings.hidden[1] = 1;
  expect(drawPoints(onto, points, view, settings)).toBe(1);
  expect(countVisible(points, view, settings.hidden)).toBe(1);
  // At 10.5 + 5, and 5 up from the middle.
  expect(onto.pixels[5 * 21 + 15]).toBe(pixelOf('#ff0000'));
  const changed = onto.pixels.filter((pixel) => pixel !== pixelOf('#ffffff'));
  expect(changed.length).toBeLessThan(10);
});

test('a point at the edge stays within its rows', () => {
  const onto = surface(10, 10);
  const view = { width: 10, height: 10, x: 5, y: 5, across: 1, up: 1 };
  drawPoints(onto, { x: Float32Array.of(0), y: Float32Array.of(5), group: Uint8Array.of(0) }, view, ink(3));
  const right = Array.from({ length: 10 }, (_, row) => onto.pixels[row * 10 + 9]);
  expect(new Set(right)).toEqual(new Set([pixelOf('#ffffff')]));
});

test('shapes cover about the same area, and their stamps fit into their reach', () => {
  const areas = SHAPES.map((_, i) => {
    const stamp = stampOf(i, 8, 1);
    expect(Math.max(...stamp.dx.map(Math.abs), ...stamp.dy.map(Math.abs))).toBeLessThanOrEqual(stamp.reach);
    return stamp.alpha.reduce((sum, value) => sum + value / 256, 0);
  });
  expect(Math.max(...areas) / Math.min(...areas)).toBeLessThan(2);
});

test('a hundred classes have a hundred pairs of shape and colour; those of like colours differ in shape', () => {
  const classes = Array.from({ length: 100 }, (_, i) => i);
  for (const colourOf of [seriesColour, seriesColourOnDark]) {
    expect(new Set(classes.map((i) => `${colourOf(i)} ${shapeOf(i)}`)).size).toBe(100);
  }
  // The first ten colours are far apart for all eyes (src/render/palette.test.ts); later ones need not be.
  for (const i of classes) expect(shapeOf(i)).not.toBe(shapeOf(i + COLOURS_ON_DARK));
});

test('dots are smaller and let more through the more there are', () => {
  const plane = { width: 900, height: 600 };
  const sizes = [10, 1000, 10_000, 70_000].map((count) => dotSize(count, plane));
  for (const [i, size] of sizes.entries()) {
    if (i === 0) continue;
    expect(size.radius).toBeLessThanOrEqual(sizes[i - 1]!.radius);
    expect(size.opacity).toBeLessThanOrEqual(sizes[i - 1]!.opacity);
  }
  expect(sizes[0]).toEqual({ radius: 4.5, opacity: 0.9 });
  expect(sizes[3]!.radius).toBeGreaterThanOrEqual(1);
  // Where ten lie on one another it is darker than where one lies.
  expect(sizes[3]!.opacity).toBeLessThan(0.8);
});

test('the whole is shown with one scale, or with two where the ranges are unlike', () => {
  const like = fitted(boundsOf([0, 2], [0, 1]), { width: 232, height: 232 });
  expect([like.across, like.up]).toEqual([100, 100]);
  const unlike = fitted(boundsOf([0, 100], [0, 1]), { width: 232, height: 232 });
  expect([unlike.across, unlike.up]).toEqual([2, 200]);
});

test('a constant unit, one point and no finite point have bounds', () => {
  expect(boundsOf([3, 3], [0, 1])).toEqual({ left: 2.5, right: 3.5, bottom: 0, top: 1 });
  expect(boundsOf([Number.NaN], [1])).toEqual({ left: -1, right: 1, bottom: -1, top: 1 });
  expect(boundsOf([Number.NaN, 1, 2], [0, 5, 6])).toEqual({ left: 1, right: 2, bottom: 5, top: 6 });
});

test('zooming keeps the place under the pointer, panning moves it with it', () => {
  const view = fitted(boundsOf([0, 2], [0, 1]), { width: 300, height: 200 });
  const place = toPlane(view, 250, 30);
  const near = zoomed(view, 250, 30, 3);
  expect(toPixels(near, ...place).map(Math.round)).toEqual([250, 30]);
  expect(toPixels(panned(near, 7, -9), ...place).map(Math.round)).toEqual([257, 21]);
});

test('ticks are round and within the range', () => {
  expect(ticks(-1.1, 1.1, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(ticks(0, 0, 5)).toEqual([]);
  expect(tickLabels([-1, -0.5, 0, 0.5, 1])).toEqual(['−1.0', '−0.5', '0.0', '0.5', '1.0']);
  expect(tickLabels([0, 1e6])).toEqual(['0.0e0', '1.0e6']);
  expect(tickLabels(ticks(0.001, 0.0035, 5))).toEqual([
    '0.0010',
    '0.0015',
    '0.0020',
    '0.0025',
    '0.0030',
    '0.0035',
  ]);
});

test('numbers for a reader', () => {
  expect([0, 1.23456, -0.0001, 1e6, Number.NaN].map(short)).toEqual([
    '0',
    '1.23',
    '−1.00e-4',
    '1.00e6',
    'not a number',
  ]);
});
