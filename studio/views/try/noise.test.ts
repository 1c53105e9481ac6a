import { expect, test } from 'vitest';
import { noiseFor, withNoise } from './noise.ts';

const GREY = new Uint8Array(10_000).fill(128);
const share = (values: Float32Array, is: (value: number) => boolean) =>
  values.filter(is).length / values.length;

test('noise is what the recipes call by its name, and the same for a seed', () => {
  expect([...withNoise(GREY, 'gaussian', 0, 1).subarray(0, 2)]).toEqual([
    Math.fround(128 / 255),
    Math.fround(128 / 255),
  ]);
  expect(share(withNoise(GREY, 'masking', 0.3, 1), (value) => value === 0)).toBeCloseTo(0.3, 1);
  const peppered = withNoise(GREY, 'saltAndPepper', 0.4, 1);
  expect(share(peppered, (value) => value === 0)).toBeCloseTo(0.2, 1);
  expect(share(peppered, (value) => value === 1)).toBeCloseTo(0.2, 1);
  const noisy = withNoise(GREY, 'gaussian', 0.1, 1);
  const mean = noisy.reduce((a, b) => a + b, 0) / noisy.length;
  const deviation = Math.sqrt(noisy.reduce((a, b) => a + (b - mean) ** 2, 0) / noisy.length);
  expect(mean).toBeCloseTo(128 / 255, 2);
  expect(deviation).toBeCloseTo(0.1, 2);
  expect(withNoise(GREY, 'gaussian', 0.1, 1)).toEqual(noisy);
  expect(withNoise(GREY, 'gaussian', 0.1, 2)).not.toEqual(noisy);
});

test('more noise keeps what less had: masked pixels stay masked', () => {
  const [less, more] = [0.2, 0.5].map((rate) => withNoise(GREY, 'masking', rate, 3));
  less!.forEach((value, i) => {
    if (value === 0) expect(more![i]).toBe(0);
  });
});

test('a denoiser has the noise of its training, any other model Gaussian noise', () => {
  expect(noiseFor({ corruption: { type: 'masking', rate: 0.5 } })).toMatchObject({
    type: 'masking',
    trained: 0.5,
  });
  expect(noiseFor({ corruption: { type: 'none' } })).toMatchObject({ type: 'gaussian', trained: null });
});
