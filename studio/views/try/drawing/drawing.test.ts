import { expect, test } from 'vitest';
import { placedAsMnist } from './as-mnist.ts';
import { raster } from './raster.ts';
import { fromText, type Stroke, smooth, thinOut, toText } from './strokes.ts';

const SIZE = { height: 28, width: 28, channels: 1 };
const LIGHT = { ground: 0, ink: 255 };
const stroke = (...points: [number, number][]): Stroke => ({ points, colour: null });

const massOf = (values: Uint8Array) => {
  let [sum, x, y] = [0, 0, 0];
  values.forEach((value, i) => {
    sum += value;
    x += value * ((i % 28) + 0.5);
    y += value * (Math.floor(i / 28) + 0.5);
  });
  return [x / sum, y / sum];
};

/** First and last row and column with ink. */
const boxOf = (values: Uint8Array) => {
  const inked = [...values.keys()].filter((i) => values[i]! >= 64);
  const [xs, ys] = [inked.map((i) => i % 28), inked.map((i) => Math.floor(i / 28))];
  return { width: 1 + Math.max(...xs) - Math.min(...xs), height: 1 + Math.max(...ys) - Math.min(...ys) };
};

test('a stroke is ink where it went, soft at its edge, and ground elsewhere', () => {
  const values = raster([stroke([14, 5], [14, 20])], SIZE, LIGHT);
  expect(values[10 * 28 + 13]).toBe(255);
  expect(values[10 * 28 + 14]).toBe(255);
  expect(values[10 * 28 + 12]).toBeGreaterThan(0);
  expect(values[10 * 28 + 12]).toBeLessThan(255);
  expect(values[10 * 28 + 10]).toBe(0);
  expect(values[2 * 28 + 13]).toBe(0);
});

test('dark ink on a light ground, and a point is a dot', () => {
  const values = raster([stroke([14, 14])], SIZE, { ground: 255, ink: 0 });
  expect(values[13 * 28 + 13]).toBeLessThan(40);
  expect(values[0]).toBe(255);
});

test('a colour has its three channels, and a later stroke covers an earlier one', () => {
  const across: Stroke = {
    colour: 'ff8000',
    points: [
      [2, 14],
      [26, 14],
    ],
  };
  const down: Stroke = {
    colour: '0000ff',
    points: [
      [14, 2],
      [14, 26],
    ],
  };
  const values = raster([across, down], { ...SIZE, channels: 3 }, { ground: 0, ink: 255 });
  const at = (x: number, y: number) => [0, 1, 2].map((c) => values[c * 784 + y * 28 + x]);
  expect(at(6, 13)).toEqual([255, 128, 0]);
  expect(at(13, 13)).toEqual([0, 0, 255]);
});

test.each([
  [
    'small, in a corner',
    [
      [1, 1],
      [4, 6],
      [1, 9],
    ],
  ],
  [
    'as large as the pad',
    [
      [0, 0],
      [28, 14],
      [0, 28],
    ],
  ],
  [
    'heavy on one side',
    [
      [8, 4],
      [8, 24],
      [8, 24],
      [9, 24],
      [18, 24],
    ],
  ],
] as [string, [number, number][]][])('a drawing that is %s comes as MNIST has its digits', (_, points) => {
  const { strokes, note } = placedAsMnist([stroke(...points)], SIZE);
  const values = raster(strokes, SIZE, LIGHT);
  const [x, y] = massOf(values);
  expect(x).toBeCloseTo(14, 0);
  expect(y).toBeCloseTo(14, 0);
  const { width, height } = boxOf(values);
  expect(Math.max(width, height)).toBeGreaterThanOrEqual(19);
  expect(Math.max(width, height)).toBeLessThanOrEqual(21);
  expect(note).toMatch(/^The drawing was .*like the digits of MNIST\.$/);
});

test('ink does not leave the image, however uneven it is', () => {
  const hook = stroke([4, 4], [24, 4], [24, 4.5], [4, 5], [4, 6], [24, 6], [24, 24]);
  const { strokes } = placedAsMnist([hook], SIZE);
  const xs = strokes[0]!.points.map(([x]) => x);
  const ys = strokes[0]!.points.map(([, y]) => y);
  expect(Math.min(...xs, ...ys)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...xs, ...ys)).toBeLessThanOrEqual(27);
});

test('a drawing that is at its place stays, and a dot is not made a blob', () => {
  const { strokes } = placedAsMnist([stroke([3, 4], [8, 20])], SIZE);
  expect(placedAsMnist(strokes, SIZE).note).toBeNull();
  const dot = raster(placedAsMnist([stroke([3, 4])], SIZE).strokes, SIZE, LIGHT);
  expect(boxOf(dot)).toEqual({ width: 2, height: 2 });
  expect(placedAsMnist([], SIZE)).toEqual({ strokes: [], note: null });
});

test('strokes come back from the address', () => {
  const strokes: Stroke[] = [stroke([0, 0], [28, 28], [13.37, 4.2]), { colour: 'd55e00', points: [[5, 5]] }];
  const again = fromText(toText(strokes, 28), 28);
  expect(again.map(({ colour }) => colour)).toEqual([null, 'd55e00']);
  again[0]!.points.forEach(([x, y], i) => {
    expect(x).toBeCloseTo(strokes[0]!.points[i]![0], 1);
    expect(y).toBeCloseTo(strokes[0]!.points[i]![1], 1);
  });
  expect(fromText('', 28)).toEqual([]);
  expect(fromText('<script>.AAB.%%%%', 28)).toEqual([]);
});

test('a smooth line keeps its ends and stays near its points', () => {
  const line = smooth([
    [0, 0],
    [10, 0],
    [10, 10],
  ]);
  expect(line[0]).toEqual([0, 0]);
  expect(line.at(-1)).toEqual([10, 10]);
  expect(line.length).toBeGreaterThan(5);
  expect(
    thinOut(
      [
        [0, 0],
        [0.1, 0],
        [0.2, 0],
        [1, 0],
        [1.1, 0],
      ],
      0.5,
    ),
  ).toEqual([
    [0, 0],
    [1, 0],
    [1.1, 0],
  ]);
});
