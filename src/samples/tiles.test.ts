import { expect, test } from 'vitest';
import { type LabelledSource, memorySource } from './index.ts';
import { imageSpec, storedArray } from './spec.ts';
import { fixedTiles, trainingTiles } from './tile-sources.ts';
import { Blend, cut, gridOf, requireWithin } from './tiles.ts';

/** Pictures in which each pixel says which picture, row and column it is of. */
const SIZE = { channels: 3, height: 23, width: 31 };
const valueAt = (picture: number, c: number, y: number, x: number) =>
  (picture * 91 + c * 57 + y * 31 + x) % 251;
const pictures = (count: number): LabelledSource => {
  const values = new Uint8Array(count * 3 * 23 * 31);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % 31, Math.floor(i / 31) % 23];
    values[i] = valueAt(Math.floor(i / (3 * 23 * 31)), Math.floor(i / (23 * 31)) % 3, y, x);
  }
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return {
    ...memorySource(imageSpec(SIZE), values),
    labels,
    names: Array.from(labels, (_, i) => `${i}.png`),
  };
};

const readAll = async (
  source: LabelledSource,
  indices = Uint32Array.from({ length: source.count }, (_, i) => i),
) => {
  const into = storedArray(source.spec, indices.length);
  await source.read(indices, into);
  return into;
};

test.each([
  [100, 16, 0.25],
  [100, 16, 0],
  [17, 16, 0.5],
  [16, 16, 0.75],
  [1024, 128, 0.25],
  [401, 96, 0.75],
])(
  'windows reach from end to end of %i pixels, with sides of %i that overlap by %f or more',
  (length, side, overlap) => {
    const lefts = gridOf({ height: side, width: length }, { side, overlap }).map(({ left }) => left);
    expect(lefts[0]).toBe(0);
    expect(lefts.at(-1)).toBe(length - side);
    for (const [i, left] of lefts.entries())
      if (i > 0) expect(left - lefts[i - 1]!).toBeLessThanOrEqual(Math.max(1, side * (1 - overlap)));
    // One window fewer would not do.
    const apart = Math.max(1, Math.floor(side * (1 - overlap)));
    expect((lefts.length - 2) * apart).toBeLessThan(Math.max(1, length - side));
  },
);

test('windows that are put together unchanged are the picture', () => {
  for (const overlap of [0, 0.25, 0.6]) {
    const picture = Float32Array.from({ length: 3 * 23 * 31 }, (_, i) => Math.sin(i));
    const blend = new Blend(SIZE, 8);
    for (const corner of gridOf(SIZE, { side: 8, overlap })) {
      const window = new Float32Array(3 * 64);
      cut(picture, SIZE, corner, 8, window, 0);
      blend.add(window, corner);
    }
    const again = new Float32Array(picture.length);
    blend.write(again);
    for (const [i, value] of picture.entries()) expect(again[i]).toBeCloseTo(value, 6);
  }
});

test('where windows differ, the picture changes without a step from one to the next', () => {
  const size = { channels: 1, height: 32, width: 48 };
  const corners = gridOf(size, { side: 32, overlap: 0.5 });
  expect(corners).toEqual([
    { top: 0, left: 0 },
    { top: 0, left: 16 },
  ]);
  const blend = new Blend(size, 32);
  for (const [i, corner] of corners.entries()) blend.add(new Float32Array(1024).fill(i), corner);
  const row = new Float32Array(32 * 48);
  blend.write(row);
  expect([row[0], row[15], row[32], row[47]]).toEqual([0, 0, 1, 1]);
  for (let x = 16; x < 32; x++) {
    expect(row[x]! - row[x - 1]!).toBeGreaterThan(0);
    expect(row[x]! - row[x - 1]!).toBeLessThan(0.12);
  }
});

test('training windows are pieces of their pictures, others in each epoch, the same again', async () => {
  const whole = pictures(5);
  const tiles = trainingTiles(whole, { side: 8, overlap: 0.25 });
  // As many as cover a picture: 3 × 4.
  expect(tiles.count).toBe(60);
  expect(tiles.spec.shape).toEqual([3, 8, 8]);
  expect(Array.from(tiles.labels.subarray(0, 13))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(tiles.pictures).toBe(whole);
  const [first, second, again] = [
    await readAll(tiles),
    await readAll(tiles.ofEpoch!(1) as LabelledSource),
    await readAll(trainingTiles(whole, { side: 8, overlap: 0.25 })),
  ];
  expect(again).toEqual(first);
  expect(second).not.toEqual(first);
  const places = new Set<number>();
  for (let i = 0; i < 60; i++) {
    const window = first.subarray(i * 192, (i + 1) * 192);
    const picture = Math.floor(i / 12);
    const corner = Array.from({ length: 16 * 24 }, (_, at) => at).find((at) =>
      window.every((value, k) => {
        const [c, y, x] = [Math.floor(k / 64), Math.floor(k / 8) % 8, k % 8];
        return value === valueAt(picture, c, Math.floor(at / 24) + y, (at % 24) + x);
      }),
    );
    expect(corner).not.toBe(undefined);
    places.add(corner!);
  }
  expect(places.size).toBeGreaterThan(30);
});

test('of many pictures an epoch draws one window each; fixed windows are at most 1,000, from all pictures', async () => {
  const many = pictures(1200);
  expect(trainingTiles(many, { side: 8, overlap: 0 }).count).toBe(1200);
  const fixed = fixedTiles(many, { side: 8, overlap: 0 });
  expect(fixed.count).toBe(1000);
  expect(new Set(fixed.names).size).toBe(1000);
  const few = fixedTiles(pictures(2), { side: 8, overlap: 0.5 });
  expect(few.count).toBe(24);
  expect((await readAll(few, Uint32Array.of(12))).subarray(0, 3)).toEqual(
    Uint8Array.of(valueAt(1, 0, 0, 0), valueAt(1, 0, 0, 1), valueAt(1, 0, 0, 2)),
  );
});

test('windows larger than the pictures are refused', () => {
  expect(() => requireWithin({ side: 24, overlap: 0 }, SIZE)).toThrow(
    'data.tiles.side: must be at most the shorter side of the pictures, which are 31 × 23 here',
  );
});
