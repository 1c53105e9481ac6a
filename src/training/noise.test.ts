import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { BATCH, input } from '../graph/index.ts';
import type { CorruptionConfig } from '../models/index.ts';
import { type Distribution, Network } from '../nn/index.ts';
import { keptFactor } from '../nn/network.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { corruptImages } from './corrupt.ts';
import { type NoiseOf, reserveNoise } from './noise.ts';

/** Odd, so that no image begins where the generator's groups do. */
const PIXELS = 41;
const SHAPE = { channels: 1, height: 1, width: PIXELS };
const COUNT = 37;

const draw = random(1);
const IMAGES = Float32Array.from({ length: COUNT * PIXELS }, () => draw());
/** Grey all over: what differs is the noise. */
const GREY = new Float32Array(COUNT * PIXELS).fill(0.5);

const CORRUPTIONS: CorruptionConfig[] = [
  { type: 'gaussian', sigma: 0.2 },
  { type: 'masking', rate: 0.4 },
  { type: 'saltAndPepper', rate: 0.4 },
];

const rowsOf = (images: Float32Array, pixels = PIXELS): string[] =>
  Array.from({ length: images.length / pixels }, (_, n) =>
    images.subarray(n * pixels, (n + 1) * pixels).join(),
  );

describe.each(CORRUPTIONS)('images corrupted by $type noise', (corruption) => {
  const corrupted = (
    images: Float32Array,
    {
      split = 'validation',
      firstRow = 0,
      seed = 1,
    }: { split?: 'validation' | 'test'; firstRow?: number; seed?: number } = {},
  ) => corruptImages(nodeEngine, corruption, images, SHAPE, { split, firstRow, seed });

  test('are the same, in one piece or in many', async () => {
    const whole = await corrupted(IMAGES);
    expect(await corrupted(IMAGES)).toEqual(whole);
    for (const ends of [
      [5, 18, COUNT],
      [1, 2, 3, COUNT],
    ]) {
      const pieces: number[] = [];
      for (const [i, end] of ends.entries()) {
        const firstRow = ends[i - 1] ?? 0;
        pieces.push(...(await corrupted(IMAGES.subarray(firstRow * PIXELS, end * PIXELS), { firstRow })));
      }
      expect(Float32Array.from(pieces)).toEqual(whole);
    }
  });

  test('have other noise for each image, each split and each seed', async () => {
    const validation = rowsOf(await corrupted(GREY));
    expect(new Set(validation).size).toBe(COUNT);
    const test_ = rowsOf(await corrupted(GREY, { split: 'test' }));
    const other = rowsOf(await corrupted(GREY, { seed: 2 }));
    expect(new Set([...validation, ...test_, ...other]).size).toBe(3 * COUNT);
  });

  test('are corrupted as much as was asked for', async () => {
    const many = new Float32Array(500 * PIXELS).fill(0.5);
    const found = await corrupted(many);
    const part = (value: number) => found.filter((pixel) => pixel === value).length / found.length;
    switch (corruption.type) {
      case 'gaussian': {
        const mean = found.reduce((sum, pixel) => sum + pixel, 0) / found.length;
        const variance = found.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / found.length;
        // Clipping at 2.5 σ takes a little off it.
        expect(mean).toBeCloseTo(0.5, 2);
        expect(Math.sqrt(variance)).toBeCloseTo(0.197, 2);
        break;
      }
      case 'masking':
        expect(part(0)).toBeCloseTo(0.4, 1.5);
        expect(part(0) + part(0.5)).toBe(1);
        break;
      case 'saltAndPepper':
        expect(part(0)).toBeCloseTo(0.2, 1.5);
        expect(part(1)).toBeCloseTo(0.2, 1.5);
        expect(part(0) + part(0.5) + part(1)).toBe(1);
        break;
    }
  });
});

test('without a corruption images are a copy of themselves', async () => {
  const found = await corruptImages(nodeEngine, { type: 'none' }, IMAGES, SHAPE, { split: 'test', seed: 1 });
  expect(found).toEqual(IMAGES);
  expect(found).not.toBe(IMAGES);
});

test('noise that is not clipped stays within the range of the samples', async () => {
  const noise = { type: 'multiscaleGaussian', least: 0.5, greatest: 0.5 } as const;
  const place = { split: 'test', seed: 1 } as const;
  const free = await corruptImages(nodeEngine, noise, IMAGES, SHAPE, place);
  expect(Math.min(...free)).toBeLessThan(0);
  const found = await corruptImages(nodeEngine, noise, IMAGES, SHAPE, { ...place, range: [0, 1] });
  expect(found).toEqual(free.map((value) => Math.min(1, Math.max(0, value))));
});

describe('every source of randomness', () => {
  const SOURCES: Record<string, Distribution> = {
    mask: { type: 'keepMask', rate: 0.3 },
    uniform: { type: 'uniform' },
    normal: { type: 'normal' },
  };
  const SIZE = 5;
  const ROWS = 11;

  /** A graph's noise in an arena of its own; `names` are the sources it has, in this order. */
  function sources(names: readonly string[], seed = 1) {
    const net = new Network('train');
    for (const name of names) net.random(name, [SIZE], SOURCES[name]!);
    const arena = nodeEngine.memory();
    const noise = reserveNoise(arena, [{ net, rows: ROWS }], seed);
    const blocks = noise.bindings(net);
    return (count: number, of: NoiseOf) => {
      noise.draw(net, count, of);
      return Object.fromEntries(
        names.map((name) => [name, [...arena.floats(blocks[name]!.block, count * SIZE)]]),
      );
    };
  }
  const ALL = Object.keys(SOURCES);

  test('a mask keeps by the factor that its gradient reckons with', () => {
    for (const rate of [0.1, 0.2, 0.5, 1 / 3, 0.999]) {
      const net = new Network('train');
      net.random('mask', [4000], { type: 'keepMask', rate });
      const arena = nodeEngine.memory();
      const noise = reserveNoise(arena, [{ net, rows: 1 }], 1);
      noise.draw(net, 1, { type: 'training', step: 0, firstRow: 0 });
      const values = new Set(arena.floats(noise.bindings(net).mask!.block));
      expect(values).toEqual(new Set([0, Math.fround(keptFactor(rate))]));
    }
  });

  test('is drawn by the image’s place in its split', () => {
    const drawn = sources(ALL);
    const whole = drawn(ROWS, { type: 'held', split: 'test', firstRow: 0 });
    for (let firstRow = 0; firstRow < ROWS; firstRow += 3) {
      const count = Math.min(3, ROWS - firstRow);
      const piece = drawn(count, { type: 'held', split: 'test', firstRow });
      for (const name of ALL) {
        expect(piece[name]).toEqual(whole[name]!.slice(firstRow * SIZE, (firstRow + count) * SIZE));
      }
    }
  });

  test('is its own: in training at each step, in validation, in test, by each name', () => {
    const drawn = sources(ALL);
    const kinds: NoiseOf[] = [
      { type: 'training', step: 0, firstRow: 0 },
      { type: 'training', step: 1, firstRow: 0 },
      { type: 'held', split: 'validation', firstRow: 0 },
      { type: 'held', split: 'test', firstRow: 0 },
    ];
    for (const name of ALL) {
      const seen = kinds.map((of) => drawn(ROWS, of)[name]!.join());
      expect(new Set(seen).size, name).toBe(kinds.length);
      for (const [i, of] of kinds.entries()) expect(drawn(ROWS, of)[name]!.join()).toBe(seen[i]);
    }
    const net = new Network('train');
    net.random('a', [SIZE], { type: 'normal' });
    net.random('b', [SIZE], { type: 'normal' });
    const arena = nodeEngine.memory();
    const noise = reserveNoise(arena, [{ net, rows: ROWS }], 1);
    noise.draw(net, ROWS, kinds[0]!);
    const { a, b } = noise.bindings(net);
    expect(arena.floats(a!.block)).not.toEqual(arena.floats(b!.block));
  });

  test('has nothing to do with what else a model holds', () => {
    const of: NoiseOf = { type: 'training', step: 3, firstRow: 0 };
    const [alone, among] = [sources(['normal'])(4, of), sources(ALL.toReversed())(4, of)];
    expect(alone.normal).toEqual(among.normal);
  });

  test('has room for the most rows of any graph', () => {
    const [small, large] = [new Network('train'), new Network('validate')];
    small.random('noise', [SIZE], { type: 'uniform' });
    large.random('noise', [SIZE], { type: 'uniform' });
    const graphs = [
      { net: small, rows: 2 },
      { net: large, rows: 9 },
    ];
    const noise = reserveNoise(nodeEngine.memory(), graphs, 1);
    expect(noise.bindings(small).noise!.block).toBe(noise.bindings(large).noise!.block);
    expect(noise.bindings(small).noise!.block.length).toBe(9 * SIZE);
    expect(noise.bindings(small).noise!.symbol.shape).toEqual(input('noise', [BATCH, SIZE]).shape);
  });
});
