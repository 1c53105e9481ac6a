/** The distribution of codes over HTTP: mean, log-variance and draws. */
import { beforeAll, expect, test } from 'vitest';
import { fakeEngine, PIXELS, type TestService, testService, UNITS } from './testing.ts';

const IMAGES = [0, 9].map((first) => Array.from({ length: PIXELS }, (_, i) => (first + i) / 100));
const SAMPLES = 200;

let service: TestService;
beforeAll(async () => {
  service = await testService();
});

type Arrays = Record<
  'codes' | 'logVariances' | 'samples' | 'images',
  { shape: number[]; data: number[][][] }
>;

async function answer(verb: string, options: object): Promise<Arrays> {
  const response = await service.post(verb, { images: IMAGES, ...options });
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.anything()]);
  return JSON.parse(text) as Arrays;
}

test('encode gives log σ² where it is asked for', async () => {
  const { codes, logVariances, samples } = await answer('encode', { posterior: 'yes' });
  expect(codes.shape).toEqual([2, UNITS]);
  expect(logVariances).toMatchObject({ shape: [2, UNITS], data: IMAGES.map(() => [-2, -2]) });
  expect(samples).toBeUndefined();
});

test('draws have the mean and the variance, and are the same for the same seed', async () => {
  const { codes, samples, logVariances } = await answer('encode', { samples: SAMPLES, seed: 4 });
  expect(samples.shape).toEqual([2, SAMPLES, UNITS]);
  expect(logVariances).toBeUndefined();
  const sigma = Math.exp(-1);
  for (const [n, drawn] of samples.data.entries()) {
    for (let unit = 0; unit < UNITS; unit++) {
      const values = drawn.map((code) => code[unit]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / SAMPLES;
      expect(Math.abs(mean - (codes.data[n] as unknown as number[])[unit]!)).toBeLessThan(
        (5 * sigma) / Math.sqrt(SAMPLES),
      );
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SAMPLES - 1);
      expect(variance / sigma ** 2).toBeGreaterThan(0.6);
      expect(variance / sigma ** 2).toBeLessThan(1.5);
    }
  }
  expect((await answer('encode', { samples: SAMPLES, seed: 4 })).samples).toEqual(samples);
  expect((await answer('encode', { samples: SAMPLES, seed: 5 })).samples).not.toEqual(samples);
});

test('reconstruct decodes draws of each image', async () => {
  const { samples } = await answer('encode', { samples: 3, seed: 2 });
  const { images } = await answer('reconstruct', { samples: 3, seed: 2 });
  expect(images.shape.slice(0, 2)).toEqual([2, 3]);
  // The model of these tests decodes a code to an image of its first number.
  const first = (values: unknown): number => (Array.isArray(values) ? first(values[0]) : (values as number));
  for (const [n, drawn] of samples.data.entries()) {
    for (const [k, code] of drawn.entries())
      expect(first(images.data[n]![k])).toBeCloseTo((code as unknown as number[])[0]!, 5);
  }
});

test('what a model does not have, and a seed for nothing, are refused', async () => {
  const { facts } = fakeEngine();
  const plain = { ...facts, info: { ...facts.info, hasVariance: false, givesVariance: false } };
  const other = await testService({}, plain);
  for (const [options, word] of [
    [{ posterior: 'yes' }, 'posterior'],
    [{ samples: 2 }, 'samples'],
  ] as const) {
    const response = await other.post('encode', { images: IMAGES, ...options });
    expect([response.status, await response.text()]).toEqual([
      409,
      expect.stringContaining(`${word} is not available for this model: it is not variational`),
    ]);
  }
  const response = await service.post('reconstruct', { images: IMAGES, seed: 2 });
  expect([response.status, await response.text()]).toEqual([
    422,
    expect.stringContaining('seed is for samples'),
  ]);
});
