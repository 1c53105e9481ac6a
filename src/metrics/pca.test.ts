import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { nodeEngine } from '../node/engine/index.ts';
import {
  comparablePca,
  fitPca,
  type Pca,
  pcaImages,
  pcaReconstructor,
  pcaScores,
  reconstructPca,
} from './pca.ts';

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function expectOrthonormal({ components }: Pca): void {
  for (const [i, a] of components.entries()) {
    for (const [j, b] of components.entries()) expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 10);
  }
}

describe('points on a line', () => {
  // (0.3, 0.5) ± t · (3, 4) / 5: the mean and the direction are known, and one component is enough.
  const points = Float32Array.from([-0.4, -0.1, 0.2, 0.3].flatMap((t) => [0.3 + 0.6 * t, 0.5 + 0.8 * t]));

  test('have that line as their component', async () => {
    const { mean, components } = await fitPca(nodeEngine, [points], 2, 1, 1);
    expect([...mean]).toEqual([expect.closeTo(0.3, 6), expect.closeTo(0.5, 6)]);
    const [x, y] = components[0]!;
    expect(Math.abs(x!)).toBeCloseTo(0.6, 5);
    expect(y! / x!).toBeCloseTo(4 / 3, 4);
  });

  test('are reconstructed by it, and a point next to it is projected', async () => {
    const pca = await fitPca(nodeEngine, [points], 2, 1, 1);
    for (const [i, value] of reconstructPca(pca, points).entries()) expect(value).toBeCloseTo(points[i]!, 5);
    const beside = Float32Array.of(0.3 + 0.6 * 0.1 - 0.8 * 0.2, 0.5 + 0.8 * 0.1 + 0.6 * 0.2);
    const [x, y] = reconstructPca(pca, beside);
    expect([x, y]).toEqual([expect.closeTo(0.36, 4), expect.closeTo(0.58, 4)]);
  });
});

test('components come by falling variance', async () => {
  // Independent axes with variances 9 : 4 : 1.
  const corners = [-1, 1].flatMap((a) =>
    [-1, 1].flatMap((b) => [-1, 1].map((c) => [0.1 * c, 0.3 * a, 0.2 * b])),
  );
  const { components } = await fitPca(nodeEngine, [Float32Array.from(corners.flat())], 3, 3, 1);
  const axes = components.map((component) => component.findIndex((value) => Math.abs(value) > 0.99));
  expect(axes).toEqual([1, 2, 0]);
});

test('components are orthonormal, and all of them reconstruct everything', async () => {
  const images = fc
    .array(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 5, maxLength: 5 }), {
      minLength: 8,
      maxLength: 30,
    })
    .map((rows) => Float32Array.from(rows.flat(), (byte) => byte / 255));
  await fc.assert(
    fc.asyncProperty(images, async (values) => {
      const pca = await fitPca(nodeEngine, [values], 5, 5, 1);
      expectOrthonormal(pca);
      for (const [i, value] of reconstructPca(pca, values).entries())
        expect(Math.abs(value - values[i]!)).toBeLessThan(1e-3);
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('scores are the coordinates along the components, and rebuild the images', async () => {
  const pca: Pca = {
    mean: Float64Array.of(1, 2, 0),
    components: [Float64Array.of(0.6, 0.8, 0), Float64Array.of(0, 0, 1)],
  };
  const images = Float32Array.of(1, 2, 0, 2, 2, 3, 1, 1, -1);
  const scores = pcaScores(pca, images);
  expect([...scores]).toEqual([0, 0, 0.6, 3, -0.8, -1].map(Math.fround));
  const rebuilt = reconstructPca(pca, images);
  for (const [i, value] of rebuilt.entries()) {
    const [row, pixel] = [Math.floor(i / 3), i % 3];
    const [a, b] = pca.components.map((component, k) => scores[row * 2 + k]! * component[pixel]!);
    expect(value).toBeCloseTo(pca.mean[pixel]! + a! + b!, 6);
  }
  expect(pcaScores({ mean: pca.mean, components: [] }, images)).toHaveLength(0);
});

test('pieces and the whole give the same', async () => {
  const values = Float32Array.from({ length: 60 }, (_, i) => ((i * 37) % 101) / 101);
  const whole = await fitPca(nodeEngine, [values], 3, 2, 1);
  const pieces = await fitPca(nodeEngine, [values.subarray(0, 21), values.subarray(21)], 3, 2, 1);
  const [a, b] = [whole, pieces].map((pca) => reconstructPca(pca, values));
  for (const [i, value] of a!.entries()) expect(b![i]).toBeCloseTo(value, 4);
});

test('pixels that never change have no part; images that are all the same have no components', async () => {
  const values = Float32Array.from([0, 1, 0.5, 0, 0, 0.5, 0, 0.25, 0.5]);
  const { components } = await fitPca(nodeEngine, [values], 3, 3, 1);
  expect(components).toHaveLength(1);
  expect(components[0]![0]).toBe(0);
  const black = await fitPca(nodeEngine, [new Float32Array(12)], 3, 2, 1);
  expect(black.components).toEqual([]);
  expect([...reconstructPca(black, Float32Array.of(1, 1, 1))]).toEqual([0, 0, 0]);
});

test('without components PCA is the mean', async () => {
  const { mean, components } = await fitPca(
    nodeEngine,
    [Float32Array.of(0, 1), Float32Array.of(0.5, 0)],
    2,
    0,
    1,
  );
  expect([...mean]).toEqual([0.25, 0.5]);
  expect(components).toEqual([]);
});

test('PCA next to a code is left out where it is exact, and where its components are too many to find', () => {
  expect(comparablePca(32, 784, 60_000)).toBe(32);
  expect(comparablePca(700, 784, 60_000)).toBe(700);
  expect(comparablePca(784, 784, 60_000)).toBe(null);
  expect(comparablePca(256, 9216, 5000)).toBe(256);
  expect(comparablePca(6144, 9216, 5000)).toBe(null);
  // 255 images have at most 254 components.
  expect(comparablePca(6144, 9216, 255)).toBe(6144);
});

// So few that they are taken apart by inner products, and more.
describe.each([200, 520])('%i images too large for a covariance', (count) => {
  // Three directions with variances 9 : 4 : 1 in 1,200 dimensions, and a little noise in all of them.
  const pixels = 1200;
  const waves = [3, 2, 1].map((size, k) =>
    Float64Array.from({ length: pixels }, (_, i) => size * Math.sin((k + 1) * 0.01 * i)),
  );
  const number = (i: number, k: number) => Math.sin(12.9898 * i + 78.233 * k + i * i * 0.37);
  const images = new Float32Array(count * pixels);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < pixels; i++) {
      const sum = waves.reduce((sum, wave, k) => sum + number(n, k) * wave[i]!, 0);
      images[n * pixels + i] = 0.5 + 0.05 * sum + 0.002 * number(n + 1, i);
    }
  }

  test('are the components of the covariance of the images alone', async () => {
    const pieces = [images.subarray(0, 90 * pixels), images.subarray(90 * pixels)];
    const pca = await fitPca(nodeEngine, pieces, pixels, 3, 1);
    expectOrthonormal(pca);
    const mean = (i: number) => {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += images[n * pixels + i]!;
      return sum / count;
    };
    const centre = Float64Array.from({ length: pixels }, (_, i) => mean(i));
    for (const [i, value] of centre.entries()) expect(pca.mean[i]).toBeCloseTo(value, 6);
    // An eigenvector is what the covariance only stretches.
    for (const component of pca.components) {
      const stretched = new Float64Array(pixels);
      for (let n = 0; n < count; n++) {
        const centred = centre.map((value, i) => images[n * pixels + i]! - value);
        const score = dot(centred, component) / count;
        for (let i = 0; i < pixels; i++) stretched[i]! += score * centred[i]!;
      }
      const variance = dot(stretched, component);
      const rest = stretched.map((value, i) => value - variance * component[i]!);
      expect(Math.sqrt(dot(rest, rest)) / variance).toBeLessThan(1e-4);
    }
  });

  test('have none where all are the same, and no more than they vary in', async () => {
    const alike = new Float32Array(count * 1100).fill(0.5);
    expect((await fitPca(nodeEngine, [alike], 1100, 4, 1)).components).toEqual([]);
    const two = new Float32Array(count * 1100);
    for (const [n, [a, b]] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ].entries())
      two.set([a!, b!], n * 1100);
    expect((await fitPca(nodeEngine, [two], 1100, 4, 1)).components).toHaveLength(2);
  });
});

test('however alike the variances are, PCA of many large images goes through them three times at most', async () => {
  const [count, pixels] = [520, 1100];
  const values = Float32Array.from({ length: count * pixels }, random(4));
  let passes = 0;
  const images = {
    *[Symbol.iterator]() {
      passes++;
      yield values;
    },
  };
  const pca = await fitPca(nodeEngine, images, pixels, 20, 1);
  expect(pca.components).toHaveLength(20);
  expectOrthonormal(pca);
  expect(passes).toBeLessThanOrEqual(3);
});

test('a few large images are rebuilt by all the components they have', async () => {
  const images = Float32Array.from(
    { length: 40 * 2000 },
    (_, i) => ((i * 7919 + (i >> 3) ** 2) % 1009) / 1009,
  );
  const pca = await fitPca(nodeEngine, [images], 2000, 1500, 1);
  expect(pca.components).toHaveLength(39);
  expectOrthonormal(pca);
  const rebuilt = reconstructPca(pca, images);
  for (const [i, value] of rebuilt.entries()) expect(Math.abs(value - images[i]!)).toBeLessThan(1e-6);
});

test('more components than are made orthonormal in double precision are so to five digits', async () => {
  const [count, pixels] = [120, 1500];
  const images = Float32Array.from(
    { length: count * pixels },
    (_, i) => ((i * 7919 + (i >> 3) ** 2 + (i % 977) ** 3) % 1009) / 1009,
  );
  const pca = await fitPca(nodeEngine, [images], pixels, 100, 1);
  expect(pca.components).toHaveLength(100);
  for (const [i, a] of pca.components.entries())
    for (const [j, b] of pca.components.entries()) expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 5);
});

test('large images are rebuilt by ONNX Runtime as they are in double precision', async () => {
  const pixels = 1100;
  const images = Float32Array.from(
    { length: 30 * pixels },
    (_, i) => ((i * 7919 + (i >> 3) ** 2) % 1009) / 1009,
  );
  const pca = await fitPca(nodeEngine, [images], pixels, 7, 1);
  const rebuilt = await pcaReconstructor(nodeEngine, pca, 1);
  const [fast, exact] = [await rebuilt.reconstruct(images), reconstructPca(pca, images)];
  await rebuilt.dispose();
  for (const [i, value] of exact.entries()) expect(Math.abs(fast[i]! - value)).toBeLessThan(1e-5);
});

test('PCA of large images is fitted on a bounded number of them, of small ones on all', () => {
  expect(pcaImages(60_000, 784)).toBe(60_000);
  expect(pcaImages(2500, 128 * 128 * 3)).toBe(2500);
  expect(pcaImages(60_000, 128 * 128 * 3)).toBe(2730);
});
