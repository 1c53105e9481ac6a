import { describe, expect, test } from 'vitest';
import { checkDerivatives } from '../../../test/reference/differences.ts';
import { evaluate, type NdArray, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { input, type Sym } from '../../graph/index.ts';
import { Similarity } from '../../metrics/structure.ts';
import { Network } from '../../nn/index.ts';
import { lossDefinition, reconstructionLoss } from './index.ts';
import type { SsimSettings } from './ssim.ts';

interface Shape {
  channels: number;
  height: number;
  width: number;
}

/** Images in [0, 1] and reconstructions that are something like them. */
function pair({ channels, height, width }: Shape, count: number, seed = 1) {
  const draw = random(seed);
  const target = Float64Array.from({ length: count * channels * height * width }, () => draw());
  const image = target.map((x) => 0.7 * x + 0.3 * draw());
  return { target, image };
}

function lossOf(shape: Shape, count: number, settings: SsimSettings, reduction: 'mean' | 'sum' = 'mean') {
  const { channels, height, width } = shape;
  const values = channels * height * width;
  const net = new Network('train');
  const [image, target] = [input('image', ['N', values]), input('target', ['N', values])];
  const output = { image, preActivation: image };
  const value = reconstructionLoss(net, { type: 'ssim', reduction, ...settings }, output, target, shape);
  const given = pair(shape, count);
  const feeds = new Map<Sym, NdArray>([
    [image, ndArray([count, values], given.image)],
    [target, ndArray([count, values], given.target)],
    [net.inverseBatch, ndArray([], [1 / count])],
  ]);
  return { image, target, value, feeds, given, number: () => evaluate([value], feeds)[0]!.data[0]! };
}

/**
 * SSIM by its definition: for each window of the plane the weighted moments of both images, two loops over its pixels. The
 * settings are those of `skimage.metrics.structural_similarity(x, y, data_range=1, gaussian_weights=True, sigma=1.5,
 * use_sample_covariance=False)`.
 */
function planeByDefinition(x: Float64Array, y: Float64Array, height: number, width: number) {
  const side = (length: number) => Math.min(11, length - (1 - (length % 2)));
  const [tall, wide] = [side(height), side(width)];
  const weight = (i: number, j: number) =>
    Math.exp(-((i - (tall - 1) / 2) ** 2 + (j - (wide - 1) / 2) ** 2) / (2 * 1.5 ** 2));
  let total = 0;
  for (let i = 0; i < tall; i++) for (let j = 0; j < wide; j++) total += weight(i, j);
  let [whole, structure, windows] = [0, 0, 0];
  for (let top = 0; top + tall <= height; top++) {
    for (let left = 0; left + wide <= width; left++) {
      const mean = (f: (a: number, b: number) => number) => {
        let sum = 0;
        for (let i = 0; i < tall; i++) {
          for (let j = 0; j < wide; j++) {
            const at = (top + i) * width + left + j;
            sum += (weight(i, j) / total) * f(x[at]!, y[at]!);
          }
        }
        return sum;
      };
      const [mx, my] = [mean((a) => a), mean((_, b) => b)];
      const vx = mean((a) => (a - mx) ** 2);
      const vy = mean((_, b) => (b - my) ** 2);
      const cov = mean((a, b) => (a - mx) * (b - my));
      const cs = (2 * cov + 0.0009) / (vx + vy + 0.0009);
      whole += (cs * (2 * mx * my + 0.0001)) / (mx ** 2 + my ** 2 + 0.0001);
      structure += cs;
      windows++;
    }
  }
  return { whole: whole / windows, structure: structure / windows };
}

const halved = (x: Float64Array, height: number, width: number) => {
  const [h, w] = [Math.floor(height / 2), Math.floor(width / 2)];
  return Float64Array.from({ length: h * w }, (_, k) => {
    const at = 2 * Math.floor(k / w) * width + 2 * (k % w);
    return (x[at]! + x[at + 1]! + x[at + width]! + x[at + width + 1]!) / 4;
  });
};

/** Wang, Simoncelli & Bovik (2003), their formula (7), with structure and contrast in one. */
function manyScales(x: Float64Array, y: Float64Array, height: number, width: number, scales: number) {
  const exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333].slice(0, scales);
  const sum = exponents.reduce((a, b) => a + b);
  let product = 1;
  let [a, b, h, w] = [x, y, height, width];
  for (const [scale, exponent] of exponents.entries()) {
    const { whole, structure } = planeByDefinition(a, b, h, w);
    product *= (scale === scales - 1 ? whole : structure) ** (exponent / sum);
    [a, b] = [halved(a, h, w), halved(b, h, w)];
    [h, w] = [Math.floor(h / 2), Math.floor(w / 2)];
  }
  return product;
}

/** The mean over images and channels of a number for each plane. */
function meanOfPlanes(
  { target, image }: { target: Float64Array; image: Float64Array },
  { height, width }: Shape,
  of: (x: Float64Array, y: Float64Array) => number,
) {
  const plane = height * width;
  const count = target.length / plane;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const part = (all: Float64Array) => all.subarray(i * plane, (i + 1) * plane);
    sum += of(part(image), part(target));
  }
  return sum / count;
}

const SHAPES: Shape[] = [
  { channels: 1, height: 12, width: 14 },
  { channels: 3, height: 5, width: 12 },
  // Smaller than the window.
  { channels: 1, height: 6, width: 7 },
  { channels: 1, height: 1, width: 3 },
];

describe.each(SHAPES)('1 − SSIM of $channels × $height × $width', (shape) => {
  test('is the definition, mean over windows, channels and images', () => {
    const { number, given } = lossOf(shape, 2, {});
    const expected = meanOfPlanes(
      given,
      shape,
      (x, y) => planeByDefinition(x, y, shape.height, shape.width).whole,
    );
    expect(number()).toBeCloseTo(1 - expected, 10);
  });

  test('is 1 less the SSIM that evaluations report', () => {
    const { number, given } = lossOf(shape, 2, {});
    const measured = new Similarity(shape);
    measured.add(Float32Array.from(given.target), Float32Array.from(given.image));
    expect(number()).toBeCloseTo(1 - measured.result().ssim, 6);
  });

  test('has the derivatives of finite differences, first and second', () => {
    const { value, image, target, feeds } = lossOf(shape, 2, {});
    expect(checkDerivatives(value, [image, target], feeds, random(3), 2).worst).toBeLessThan(1e-6);
  });
});

describe('at several scales', () => {
  const shape = { channels: 1, height: 25, width: 30 };

  test.each([2, 3])('%s: is the product of powers', (scales) => {
    const { number, given } = lossOf(shape, 2, { scales });
    const expected = meanOfPlanes(given, shape, (x, y) => manyScales(x, y, 25, 30, scales));
    expect(number()).toBeCloseTo(1 - expected, 10);
  });

  test('has the derivatives of finite differences, first and second', () => {
    const { value, image, target, feeds } = lossOf({ channels: 1, height: 8, width: 9 }, 1, { scales: 3 });
    expect(checkDerivatives(value, [image, target], feeds, random(3), 1).worst).toBeLessThan(1e-6);
  });

  test('more than the image can be halved are refused', () => {
    expect(() => lossOf({ channels: 1, height: 8, width: 30 }, 1, { scales: 5 })).toThrow(
      'must be at most 4 for images of 8 × 30',
    );
  });
});

test.each(['mse', 'mae'] as const)('a share of the loss can be %s', (pixelError) => {
  const shape = { channels: 1, height: 14, width: 12 };
  const [alone, mixed] = [{}, { pixelShare: 0.2, pixelError }].map((settings) => lossOf(shape, 2, settings));
  const { target, image } = mixed!.given;
  const error = target.reduce((sum, x, i) => {
    const difference = Math.abs(x - image[i]!);
    return sum + (pixelError === 'mse' ? difference ** 2 : difference) / target.length;
  }, 0);
  expect(mixed!.number()).toBeCloseTo(0.8 * alone!.number() + 0.2 * error, 10);
  expect(lossDefinition({ type: 'ssim', reduction: 'mean', pixelShare: 0.2, pixelError } as never)).toMatch(
    pixelError === 'mse' ? /0\.8 · \(1 − SSIM .*\+ 0\.2 · squared error/ : /absolute error/,
  );
});

test('the sum is the mean times the pixels of an image', () => {
  const shape = { channels: 3, height: 11, width: 12 };
  const [mean, sum] = (['mean', 'sum'] as const).map((reduction) => lossOf(shape, 2, {}, reduction).number());
  expect(sum! / mean!).toBeCloseTo(3 * 11 * 12, 8);
});
