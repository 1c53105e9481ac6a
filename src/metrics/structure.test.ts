import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { type PlanarShape, PSNR_CEILING, Similarity, similarityDefinitions } from './structure.ts';

function similarityOf(shape: PlanarShape, a: ArrayLike<number>, b: ArrayLike<number>) {
  const similarity = new Similarity(shape);
  similarity.add(Float32Array.from(a), Float32Array.from(b));
  return similarity.result();
}

const noise = (length: number, seed: number) => Float32Array.from({ length }, random(seed));

/** SSIM as its formula has it: one window after the other, its weights as an outer product. */
function plainly(shape: PlanarShape, a: Float32Array, b: Float32Array): number {
  const { channels, height, width } = shape;
  const side = (n: number) => Math.min(11, n % 2 === 1 ? n : n - 1);
  const [tall, wide] = [side(height), side(width)];
  const weights: number[] = [];
  for (let y = 0; y < tall; y++) {
    for (let x = 0; x < wide; x++)
      weights.push(Math.exp(-((y - (tall - 1) / 2) ** 2 + (x - (wide - 1) / 2) ** 2) / 4.5));
  }
  const whole = weights.reduce((p, q) => p + q);
  const values: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let top = 0; top + tall <= height; top++) {
      for (let left = 0; left + wide <= width; left++) {
        const at = (i: number) => (c * height + top + Math.floor(i / wide)) * width + left + (i % wide);
        const mean = (of: (i: number) => number) =>
          weights.reduce((sum, w, i) => sum + (w / whole) * of(at(i)), 0);
        const [ma, mb] = [mean((i) => a[i]!), mean((i) => b[i]!)];
        const va = mean((i) => (a[i]! - ma) ** 2);
        const vb = mean((i) => (b[i]! - mb) ** 2);
        const cov = mean((i) => (a[i]! - ma) * (b[i]! - mb));
        values.push(
          ((2 * ma * mb + 1e-4) * (2 * cov + 9e-4)) / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4)),
        );
      }
    }
  }
  return values.reduce((p, q) => p + q) / values.length;
}

describe('structural similarity', () => {
  test.each<PlanarShape>([
    { channels: 1, height: 14, width: 17 },
    { channels: 1, height: 11, width: 11 },
    { channels: 3, height: 13, width: 12 },
    { channels: 1, height: 6, width: 20 },
    { channels: 1, height: 1, width: 2 },
  ])('is its formula: $channels × $height × $width', (shape) => {
    const length = shape.channels * shape.height * shape.width;
    const [a, b] = [noise(length, 1), noise(length, 2)];
    const mixed = a.map((x, i) => 0.7 * x + 0.3 * b[i]!);
    expect(similarityOf(shape, a, mixed).ssim).toBeCloseTo(plainly(shape, a, mixed), 10);
  });

  const shape = { channels: 1, height: 12, width: 13 };
  const image = fc
    .integer({ min: 0, max: 2 ** 31 })
    .map((seed) => noise(shape.channels * shape.height * shape.width, seed));

  test('is 1 of an image and itself, symmetric, and at most 1', () => {
    fc.assert(
      fc.property(image, image, (a, b) => {
        expect(similarityOf(shape, a, a).ssim).toBeCloseTo(1, 12);
        // Two seeds may be the same.
        fc.pre(a.some((x, i) => x !== b[i]));
        const { ssim } = similarityOf(shape, a, b);
        expect(similarityOf(shape, b, a).ssim).toBeCloseTo(ssim, 12);
        expect(ssim).toBeLessThan(1);
        expect(ssim).toBeGreaterThan(-1);
      }),
      { numRuns: 20 },
    );
  });

  test('of an image and its negative is below 0; of flat ones it is that of the means', () => {
    const a = noise(156, 3);
    expect(
      similarityOf(
        shape,
        a,
        a.map((x) => 1 - x),
      ).ssim,
    ).toBeLessThan(0);
    const flat = (grey: number) => new Float32Array(156).fill(grey);
    const expected = (2 * 0.25 * 0.75 + 1e-4) / (0.25 ** 2 + 0.75 ** 2 + 1e-4);
    expect(similarityOf(shape, flat(0.25), flat(0.75)).ssim).toBeCloseTo(expected, 10);
  });

  test('for colours is the mean over the channels', () => {
    const [a, b] = [noise(3 * 156, 4), noise(3 * 156, 5)];
    const single = [0, 1, 2].map((c) => {
      const part = (of: Float32Array) => of.subarray(c * 156, (c + 1) * 156);
      return similarityOf(shape, part(a), part(b)).ssim;
    });
    const { ssim } = similarityOf({ ...shape, channels: 3 }, a, b);
    expect(ssim).toBeCloseTo((single[0]! + single[1]! + single[2]!) / 3, 12);
  });
});

describe('peak signal-to-noise ratio', () => {
  const shape = { channels: 1, height: 1, width: 4 };

  test('is worked out by hand, for each image, then the mean', () => {
    // Mean squared errors 1/100 and 1/10,000.
    const a = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5];
    const b = [0.1, 0.1, 0.1, 0.1, 0.51, 0.49, 0.51, 0.49];
    expect(similarityOf(shape, a, b).psnr).toBeCloseTo((20 + 40) / 2, 4);
  });

  test('of an image that is reproduced to the bit is the ceiling', () => {
    expect(similarityOf(shape, [0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]).psnr).toBe(PSNR_CEILING);
    expect(similarityOf(shape, [0, 0, 0, 0], [1, 1, 1, 1]).psnr).toBeCloseTo(0, 12);
  });
});

test('both are the same a piece at a time', () => {
  const shape = { channels: 1, height: 12, width: 12 };
  const [a, b] = [noise(5 * 144, 1), noise(5 * 144, 2)];
  const pieces = new Similarity(shape);
  pieces.add(a.subarray(0, 288), b.subarray(0, 288));
  pieces.add(a.subarray(288), b.subarray(288));
  expect(pieces.result()).toEqual(similarityOf(shape, a, b));
});

test('of no images or broken ones they are refused', () => {
  const shape = { channels: 1, height: 12, width: 12 };
  expect(() => new Similarity(shape).result()).toThrow('needs at least one image');
  expect(() => similarityOf(shape, [1, 2], [1, 2])).toThrow('are not images of 144');
  expect(() => new Similarity({ ...shape, width: 0 })).toThrow('are none');
});

test('the definition says what is done to small images and to colours', () => {
  const words = (channels: number, side: number) =>
    similarityDefinitions({ channels, height: side, width: side }).ssim;
  expect(words(1, 28)).toContain('Gaussian window of 11 × 11 pixels, σ 1.5');
  expect(words(1, 28)).not.toContain('channels');
  expect(words(3, 6)).toContain('5 × 5 pixels (cut down from 11 × 11');
  expect(words(3, 6)).toContain('mean over channels');
});
