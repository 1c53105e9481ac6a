import { expect, test } from 'vitest';
import { squaredError } from '../../parts/images/pixels.ts';
import { type Codes, encodeAll, errorsOf, nearestTo, rangesOf } from './codes.ts';
import { Hits } from './hits.ts';
import { fromText, isWithin, type Outline, simplified, toText, within } from './lasso.ts';
import { gridOf, neighbour, shareOf } from './paint-grid.ts';
import { along, principalAxes } from './principal-axes.ts';
import type { Doing } from './progress.tsx';
import { ofPrincipalAxes, ofUmap, ofUnits, rowsForUmap } from './projection.ts';
import { Space } from './turning.ts';
import { narrowed } from './umap.ts';
import { placedAmong } from './umap-place.ts';

/** Numbers between 0 and 1, the same every time. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

const codesOf = (rows: number[][]): Codes => ({
  ...{ count: rows.length, units: rows[0]!.length, values: Float32Array.from(rows.flat()) },
});

test('principal axes are the directions of the most variance', async () => {
  const next = sequence(3);
  const [a, b] = [
    [0.6, 0.8, 0, 0, 0],
    [0, 0, 0, -0.8, 0.6],
  ];
  const codes = codesOf(
    Array.from({ length: 400 }, () => {
      const [s, t] = [10 * (next() - 0.5), 4 * (next() - 0.5)];
      return a!.map((value, u) => 1 + s * value + t * b![u]! + 0.1 * (next() - 0.5));
    }),
  );
  const found = await principalAxes(codes, 2);
  const product = (x: ArrayLike<number>, y: readonly number[]) =>
    y.reduce((sum, value, u) => sum + value * x[u]!, 0);
  expect(Math.abs(product(found.axes[0]!, a!))).toBeGreaterThan(0.999);
  expect(Math.abs(product(found.axes[1]!, b!))).toBeGreaterThan(0.999);
  expect(found.shares[0]! + found.shares[1]!).toBeGreaterThan(0.99);
  expect(found.shares[0]!).toBeGreaterThan(found.shares[1]!);
  // Mean and axes lead back to the code.
  const projection = await ofPrincipalAxes(codes, 2);
  const place = projection.placeOf!(codes.values.subarray(0, 5));
  const back = projection.codeAt!(place, new Float32Array(5));
  for (let u = 0; u < 5; u++) expect(Math.abs(back[u]! - codes.values[u]!)).toBeLessThan(0.1);
  expect(projection.places[0]![0]!).toBeCloseTo(place[0]!, 4);
});

test('constant codes, one image, and codes that are no numbers have axes all the same', async () => {
  for (const codes of [
    codesOf([
      [1, 1, 1],
      [1, 1, 1],
    ]),
    codesOf([[1, 2, 3]]),
    codesOf([
      [Number.NaN, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
    ]),
  ]) {
    const found = await principalAxes(codes, 2);
    for (const axis of found.axes) expect(Math.hypot(...axis)).toBeCloseTo(1, 5);
    expect((await along(codes, found)).length).toBe(2);
  }
});

test('ranges: constant units are known, values that are no numbers do not count', () => {
  const ranges = rangesOf(
    codesOf([
      [1, 5, Number.NaN],
      [3, 5, 2],
    ]),
  );
  expect(ranges[0]).toMatchObject({ min: 1, max: 3, mean: 2, std: 1, constant: false });
  expect(ranges[1]).toMatchObject({ constant: true });
  expect(ranges[2]).toMatchObject({ min: 2, max: 2 });
});

test('neighbours by distance, without the image itself', async () => {
  const codes = codesOf([
    [0, 0],
    [3, 4],
    [1, 0],
    [0, 2],
    [Number.NaN, 0],
  ]);
  expect(await nearestTo(codes, 0, 2)).toEqual([
    { index: 2, distance: 1 },
    { index: 3, distance: 2 },
  ]);
});

test('images are encoded in pieces, and stopping stops', async () => {
  const pieces: number[] = [];
  const model = {
    info: { codeUnits: 1 } as never,
    encode: async (images: unknown) => {
      const values = images as Uint8Array;
      pieces.push(values.length);
      return { data: Float32Array.from(values), shape: [values.length, 1] };
    },
  };
  const images = {
    ...{ kind: 'image' as const, count: 600, height: 1, width: 1, channels: 1 as const, classes: [''] },
    ...{ labels: new Uint8Array(600), values: Uint8Array.from({ length: 600 }, (_, i) => i % 256) },
  };
  const { signal } = new AbortController();
  const codes = await encodeAll(model, images, { signal, onProgress: () => {} });
  expect(pieces[0]).toBeLessThan(250);
  expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(600);
  expect(codes.values[599]).toBe(599 % 256);
  const decoder = { decode: async (given: Float32Array) => ({ data: given.map((v) => v / 255), shape: [] }) };
  const errors = await errorsOf(
    {
      ...{ model: decoder, codes, width: 1 },
      errorOf: (i, reconstruction) => squaredError(images.values.subarray(i, i + 1), reconstruction),
    },
    { signal, onProgress: () => {} },
  );
  expect(Math.max(...errors)).toBeLessThan(1e-9);
  const stop = new AbortController();
  stop.abort(new Error('stopped'));
  await expect(encodeAll(model, images, { signal: stop.signal, onProgress: () => {} })).rejects.toThrow(
    'stopped',
  );
});

test('what is within an outline', () => {
  const square: Outline = [
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
  ];
  expect([isWithin(square, 1, 1), isWithin(square, 3, 1)]).toEqual([true, false]);
  const bent: Outline = [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 1],
    [0, 4],
  ];
  expect(isWithin(bent, 2, 3)).toBe(false);
  expect(within(square, Float32Array.of(1, 5, Number.NaN, 1.5), Float32Array.of(1, 1, 1, 0.5))).toEqual([
    0, 3,
  ]);
});

test('an outline keeps its form with few corners, also as text', () => {
  const circle = Array.from({ length: 500 }, (_, i) => [Math.cos(i / 80), Math.sin(i / 80)] as const);
  const kept = simplified(circle, [100, 100]);
  expect(kept.length).toBeLessThanOrEqual(40);
  expect([isWithin(kept, 0.9, 0), isWithin(kept, 0.8, 0.8)]).toEqual([true, false]);
  expect(fromText(toText(kept))!.length).toBe(kept.length);
  for (const text of [null, '', '1,2', '1,2,3,4,5', '1,2,x,4,5,6']) expect(fromText(text)).toBe(null);
});

test('the image at a place is the nearest in pixels that is shown', () => {
  const hits = new Hits(Float32Array.of(0, 1, Number.NaN, 0.1), Float32Array.of(0, 0, 0, 0.5));
  const scales = { across: 100, up: 10 };
  const all = () => true;
  expect(hits.nearest(0, 0.1, 10, scales, all)).toBe(0);
  expect(hits.nearest(0, 0.1, 15, scales, (i) => i !== 0)).toBe(3);
  expect(hits.nearest(0.5, 0, 10, scales, all)).toBe(null);
  expect(new Hits(Float32Array.of(Number.NaN), Float32Array.of(0)).nearest(0, 0, 10, scales, all)).toBe(null);
});

test('the plane of two units leaves the others as they are', () => {
  const projection = ofUnits(codesOf([[1, 2, 3]]), [2, 0]);
  expect(projection.places.map(([value]) => value)).toEqual([3, 1]);
  expect([...projection.codeAt!([9, 8], Float32Array.of(1, 2, 3))]).toEqual([8, 2, 9]);
  expect(projection.placeOf!(Float32Array.of(4, 5, 6))).toEqual([6, 4]);
});

test('UMAP is made of evenly spaced images whose codes are numbers; those without have no place', () => {
  const codes = codesOf(Array.from({ length: 9000 }, (_, i) => [i === 0 || i === 5 ? Number.NaN : i]));
  const { fitted, others } = rowsForUmap(codes);
  expect(fitted.length).toBeLessThanOrEqual(4000);
  expect(fitted.at(-1)).toBeGreaterThan(8900);
  const all = [...fitted, ...others].sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 9000 }, (_, i) => i).filter((i) => i !== 0 && i !== 5));
  const few = codesOf([[1], [2], [3]]);
  expect(Object.values(rowsForUmap(few)).map((rows) => [...rows])).toEqual([[0, 1, 2], []]);
  const given = Float32Array.of(Number.NaN, Number.NaN, 5, 6);
  const { places, note } = ofUmap(given, { fitted: 4000, placed: 66_000, reduced: null });
  expect([...places[1]!]).toEqual([Number.NaN, 6]);
  expect(note).toContain('The other 66,000 lie between their nearest ones');
});

test('a further code lies between the places of its nearest ones', () => {
  const draw = sequence(11);
  const units = 11;
  const count = 300;
  const values = Float32Array.from({ length: count * units }, () => draw());
  const places = Float32Array.from({ length: 2 * count }, () => draw());
  const plane = { values, units, places };
  const codes = Float32Array.from({ length: 5 * units }, () => draw());
  const found = placedAmong(plane, codes, 4);
  for (let row = 0; row < 5; row++) {
    const near = Array.from({ length: count }, (_, i) => ({
      i,
      distance: Math.hypot(
        ...Array.from({ length: units }, (_, u) => codes[row * units + u]! - values[i * units + u]!),
      ),
    }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 4);
    const mean = near.reduce((sum, { distance }) => sum + distance / 4, 0);
    const weights = near.map(({ distance }) =>
      Math.exp(-(distance - near[0]!.distance) / (mean - near[0]!.distance)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const axis of [0, 1]) {
      const expected = near.reduce((sum, { i }, k) => sum + (weights[k]! / total) * places[2 * i + axis]!, 0);
      expect(found[2 * row + axis]).toBeCloseTo(expected, 5);
    }
  }
  // One of many that are all the same.
  const same = placedAmong(
    { values: new Float32Array(6), units: 2, places: Float32Array.of(1, 2, 3, 4, 5, 6) },
    new Float32Array(2),
    3,
  );
  expect([...same]).toEqual([3, 4]);
});

test('a code as a grid', () => {
  expect([1, 2, 13, 16, 20, 30].map((units) => Object.values(gridOf(units)).join('×'))).toEqual([
    ...['1×1', '2×1', '4×4', '4×4', '5×4', '6×5'],
  ]);
  const grid = gridOf(16);
  expect([neighbour(0, 'ArrowLeft', grid, 16), neighbour(0, 'ArrowDown', grid, 16)]).toEqual([0, 4]);
  expect([neighbour(3, 'ArrowRight', grid, 16), neighbour(15, 'ArrowDown', grid, 16)]).toEqual([3, 15]);
  expect([shareOf(5, 0, 10), shareOf(20, 0, 10), shareOf(1, 1, 1)]).toEqual([0.5, 1, 0.5]);
});

test('a space is turned, ordered from far to near, and pointed at', () => {
  const space = new Space([
    Float32Array.of(-1, 1, 0, 0),
    Float32Array.of(0, 0, 0, 0),
    Float32Array.of(0, 0, 1, -1),
  ]);
  space.turn({ yaw: 0, pitch: 0 });
  expect([...space.order].indexOf(3)).toBe(0);
  expect([...space.order].indexOf(2)).toBe(3);
  expect(space.nearest(0, 0, 0.1, () => true)).toBe(2);
  expect(space.nearest(0, 0, 0.1, (i) => i !== 2)).toBe(3);
  const turn = { yaw: 0.7, pitch: -0.4 };
  const [x, y, depth] = space.seen(space.placeAt(0.3, 0.2, turn), turn);
  expect([x, y, depth].map((value) => Number(value.toFixed(6)) + 0)).toEqual([0.3, 0.2, 0]);
});

test('wide codes are given to UMAP along 50 principal axes, which keep their distances', async () => {
  const [units, count] = [300, 400];
  const random = sequence(7);
  // Codes that vary in 20 directions, and a little noise in all of them.
  const directions = Array.from({ length: 20 }, () => Float32Array.from({ length: units }, random));
  const values = new Float32Array(count * units);
  for (let i = 0; i < count; i++) {
    for (const direction of directions) {
      const at = random();
      for (let u = 0; u < units; u++) values[i * units + u]! += at * direction[u]!;
    }
    for (let u = 0; u < units; u++) values[i * units + u]! += 0.001 * random();
  }
  const progress: Doing[] = [];
  const follow = { signal: new AbortController().signal, onProgress: (doing: Doing) => progress.push(doing) };
  const { codes, reduced } = await narrowed({ units, count, values }, follow);
  expect(codes.units).toBe(50);
  expect(reduced!.share).toBeGreaterThan(0.999);
  expect(progress.at(-1)!.of).toBeGreaterThan(0);
  const distance = (from: Float32Array, width: number, i: number, j: number) =>
    Math.hypot(...Array.from({ length: width }, (_, u) => from[i * width + u]! - from[j * width + u]!));
  for (const [i, j] of [
    [0, 1],
    [5, 399],
    [100, 250],
  ] as const) {
    const whole = distance(values, units, i, j);
    expect(Math.abs(distance(codes.values, 50, i, j) / whole - 1)).toBeLessThan(0.01);
  }
  expect(ofUmap(new Float32Array(2 * count), { fitted: count, placed: 0, reduced }).note).toContain(
    'UMAP of 400 codes along their 50 principal axes (100 % of the variance of 300 units)',
  );
  const narrow = { units: 50, count: 1, values: new Float32Array(50) };
  expect((await narrowed(narrow, follow)).codes).toBe(narrow);
});

test('the reduction for UMAP can be cancelled', async () => {
  const abort = new AbortController();
  const following = { signal: abort.signal, onProgress: () => abort.abort() };
  const codes = {
    units: 1000,
    count: 2000,
    values: new Float32Array(2e6).fill(1).map((_, i) => Math.sin(i)),
  };
  await expect(narrowed(codes, following)).rejects.toThrow('aborted');
});
