import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { madeDefects } from './defects.ts';
import { Network } from './network.ts';
import { perlinNoise } from './perlin.ts';
import { feedsOf } from './testing.ts';

const [ROWS, HEIGHT, WIDTH] = [6, 12, 14];
const size = HEIGHT * WIDTH;

/** Grey images of a slope, and the same with defects. */
function make({ seed = 1, rows = ROWS } = {}) {
  const net = new Network('train');
  const shape = [1, HEIGHT, WIDTH];
  const x = input('x', ['N', ...shape]);
  const y = net.within('corruption', () => madeDefects(net, x, { clean: 0, size: [0.1, 0.4] }));
  const feeds = feedsOf(net, rows, random(seed));
  const pixels = Array.from({ length: rows * size }, (_, i) => 0.2 + (0.6 * (i % WIDTH)) / WIDTH);
  feeds.set(x, ndArray([rows, ...shape], pixels));
  return { net, x, y, feeds, found: () => evaluate([y], feeds)[0]!.data };
}

test('an image has the same defects whatever else is in the batch', () => {
  const { x, y, feeds, found, net } = make();
  const whole = found();
  const some = new Map<Sym, NdArray>(feeds);
  for (const symbol of [x, ...[...net.randomness.values()].map((source) => source.symbol)]) {
    const { shape, data } = feeds.get(symbol)!;
    const each = data.length / ROWS;
    some.set(symbol, ndArray([2, ...shape.slice(1)], data.subarray(2 * each, 4 * each)));
  }
  expect([...evaluate([y], some)[0]!.data]).toEqual([...whole.subarray(2 * size, 4 * size)]);
});

test('differentiates with respect to the image', () => {
  const { x, y, feeds } = make({ rows: 1, seed: 5 });
  // Clipping has kinks: the images here are far enough from 0 and 1 that few pixels are near one.
  expect(checkDerivatives(y, [x], feeds, random(7), 1).worst).toBeLessThan(1e-6);
});

describe('Perlin noise', () => {
  /** The textbook's: for each pixel its cell, four dot products, and the blend of them. */
  function textbook(gradient: (axis: number, y: number, x: number) => number, cells: [number, number]) {
    const fade = (t: number) => t ** 3 * (t * (t * 6 - 15) + 10);
    const mix = (a: number, b: number, t: number) => a + fade(t) * (b - a);
    return Array.from({ length: size }, (_, i) => {
      const [py, px] = [
        ((Math.floor(i / WIDTH) + 0.5) * cells[0]) / HEIGHT,
        (((i % WIDTH) + 0.5) * cells[1]) / WIDTH,
      ];
      const [cy, cx] = [Math.floor(py), Math.floor(px)];
      const dot = (y: number, x: number) => gradient(0, y, x) * (py - y) + gradient(1, y, x) * (px - x);
      const [ty, tx] = [py - cy, px - cx];
      return mix(mix(dot(cy, cx), dot(cy, cx + 1), tx), mix(dot(cy + 1, cx), dot(cy + 1, cx + 1), tx), ty);
    });
  }

  test("is the textbook's, scaled to a variance of 1", () => {
    const net = new Network('train');
    const noise = perlinNoise(net, 'lattice', { height: HEIGHT, width: WIDTH }, 5);
    const count = 1500;
    const feeds = feedsOf(net, count, random(2));
    const found = evaluate([noise], feeds)[0]!.data;
    const lattice = [...net.randomness.values()][0]!;
    const { data } = feeds.get(lattice.symbol)!;
    const [down, across] = [2, 3];
    const [rows, columns] = [down + 1, across + 1];
    const expected = textbook((axis, y, x) => data[(axis * rows + y) * columns + x]!, [down, across]);
    const scale = found[0]! / expected[0]!;
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(scale * value, 10);
    const variance = found.reduce((sum, value) => sum + value ** 2, 0) / found.length;
    expect(variance).toBeCloseTo(1, 1);
  });
});
