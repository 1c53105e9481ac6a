import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../test/reference/interpreter.ts';
import { random } from '../../test/reference/random.ts';
import { input, type Sym } from '../graph/index.ts';
import { additiveNoise, maskingNoise, multiscaleNoise, saltAndPepper } from './corruptions.ts';
import { Network } from './network.ts';
import { feedsOf, normal } from './testing.ts';

const ROWS = 3;
const PIXELS = 20;
const SIGMA = 0.4;
const RATE = 0.3;

/** Each with what it makes of a pixel x where its noise is r. */
const CORRUPTIONS: {
  name: string;
  distribution: 'uniform' | 'normal';
  build: (net: Network, x: Sym) => Sym;
  formula: (x: number, r: number) => number;
}[] = [
  {
    name: 'Gaussian noise',
    distribution: 'normal',
    build: (net, x) => additiveNoise(net, x, SIGMA),
    formula: (x, epsilon) => Math.min(1, Math.max(0, x + SIGMA * epsilon)),
  },
  {
    name: 'masking noise',
    distribution: 'uniform',
    build: (net, x) => maskingNoise(net, x, RATE),
    formula: (x, u) => (u < RATE ? 0 : x),
  },
  {
    name: 'salt and pepper',
    distribution: 'uniform',
    build: (net, x) => saltAndPepper(net, x, RATE),
    formula: (x, u) => (u < RATE / 2 ? 0 : u > 1 - RATE / 2 ? 1 : x),
  },
];

/** Images in [0, 1], black and white pixels among them, and the noise they get. */
function make(build: (net: Network, x: Sym) => Sym, seed = 1) {
  const net = new Network('train');
  const x = input('x', ['N', PIXELS]);
  const y = net.within('corruption', () => build(net, x));
  const draw = random(seed);
  const feeds = feedsOf(net, ROWS, draw);
  const pixels = Array.from({ length: ROWS * PIXELS }, () => Math.min(1, Math.max(0, 1.4 * draw() - 0.2)));
  feeds.set(x, ndArray([ROWS, PIXELS], pixels));
  const [source] = [...net.randomness.values()];
  return { net, x, y, feeds, draw, pixels, source: source! };
}

const numbersOf = (y: Sym, feeds: ReadonlyMap<Sym, NdArray>): number[] => [...evaluate([y], feeds)[0]!.data];

describe.each(CORRUPTIONS)('$name', ({ distribution, build, formula }) => {
  test('is its formula, pixel by pixel', () => {
    const { y, feeds, pixels, source } = make(build);
    const noise = feeds.get(source.symbol)!.data;
    const found = numbersOf(y, feeds);
    for (const [i, x] of pixels.entries()) expect(found[i]).toBeCloseTo(formula(x, noise[i]!), 14);
    // Some pixels changed and some did not: the formula was put to a test.
    const changed = found.filter((value, i) => value !== pixels[i]).length;
    expect(changed).toBeGreaterThan(5);
    expect(changed).toBeLessThan(found.length);
  });

  test('asks for one number a pixel, by one name', () => {
    const { net, source } = make(build);
    expect(net.randomness.size).toBe(1);
    expect(source).toMatchObject({
      name: 'corruption.noise',
      size: PIXELS,
      distribution: { type: distribution },
    });
    expect(net.parameters.size).toBe(0);
  });

  test('stays in [0, 1]', () => {
    for (const seed of [1, 2, 3]) {
      const { y, feeds } = make(build, seed);
      const found = numbersOf(y, feeds);
      expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...found)).toBeLessThanOrEqual(1);
    }
  });

  test('differentiates with respect to the image', () => {
    const { x, y, feeds, draw, pixels, source } = make(build);
    if (distribution === 'normal') {
      // Clipping has a kink at 0 and at 1: none of these is near.
      const noise = pixels.map((pixel) => {
        for (;;) {
          const epsilon = normal(draw);
          const noisy = pixel + SIGMA * epsilon;
          if (Math.abs(noisy) > 0.02 && Math.abs(noisy - 1) > 0.02) return epsilon;
        }
      });
      feeds.set(source.symbol, ndArray([ROWS, PIXELS], noise));
    }
    expect(checkDerivatives(y, [x], feeds, draw, ROWS).worst).toBeLessThan(1e-8);
  });
});

describe('at the ends of their settings', () => {
  test.each<[string, (net: Network, x: Sym) => Sym]>([
    ['Gaussian noise of σ 0', (net, x) => additiveNoise(net, x, 0)],
    ['masking at rate 0', (net, x) => maskingNoise(net, x, 0)],
    ['salt and pepper at rate 0', (net, x) => saltAndPepper(net, x, 0)],
  ])('%s changes nothing', (_, build) => {
    const { y, feeds, pixels } = make(build);
    expect(numbersOf(y, feeds)).toEqual(pixels);
  });

  test('masking at rate 1 leaves nothing; salt and pepper at rate 1 nothing but 0 and 1', () => {
    const masked = make((net, x) => maskingNoise(net, x, 1));
    expect(new Set(numbersOf(masked.y, masked.feeds))).toEqual(new Set([0]));
    const salted = make((net, x) => saltAndPepper(net, x, 1));
    expect(new Set(numbersOf(salted.y, salted.feeds))).toEqual(new Set([0, 1]));
  });
});

describe('Gaussian noise of many scales', () => {
  const [LEAST, GREATEST] = [0.05, 2];
  const net = new Network('train');
  const x = input('x', ['N', PIXELS]);
  const y = net.within('corruption', () => multiscaleNoise(net, x, LEAST, GREATEST));
  const draw = random(1);
  const feeds = feedsOf(net, ROWS, draw);
  const values = Array.from({ length: ROWS * PIXELS }, () => normal(draw));
  feeds.set(x, ndArray([ROWS, PIXELS], values));
  const source = (name: string) => net.randomness.get(`corruption.${name}`)!;

  test('is its formula: one scale for each sample, without clipping', () => {
    expect(source('level')).toMatchObject({ size: 1, distribution: { type: 'uniform' } });
    expect(source('noise')).toMatchObject({ size: PIXELS, distribution: { type: 'normal' } });
    const [level, noise] = ['level', 'noise'].map((name) => feeds.get(source(name).symbol)!.data);
    const found = numbersOf(y, feeds);
    for (const [i, value] of values.entries()) {
      const sigma = LEAST * (GREATEST / LEAST) ** level![Math.floor(i / PIXELS)]!;
      expect(found[i]).toBeCloseTo(value + sigma * noise![i]!, 12);
    }
    expect(Math.min(...found)).toBeLessThan(-1);
    expect(Math.max(...found)).toBeGreaterThan(1);
  });

  test.each([
    [0, LEAST],
    [1, GREATEST],
  ])('at the level %d σ is %d', (level, sigma) => {
    const ends = new Map(feeds);
    ends.set(source('level').symbol, ndArray([ROWS, 1], Array(ROWS).fill(level)));
    ends.set(source('noise').symbol, ndArray([ROWS, PIXELS], Array(ROWS * PIXELS).fill(1)));
    for (const [i, found] of numbersOf(y, ends).entries()) expect(found - values[i]!).toBeCloseTo(sigma, 12);
  });

  test('differentiates with respect to the sample', () => {
    expect(checkDerivatives(y, [x], feeds, draw, ROWS).worst).toBeLessThan(1e-8);
  });
});
