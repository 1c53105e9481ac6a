/** Quantised codes as whole numbers over HTTP. */
import { expect, test } from 'vitest';
import type { Quantised } from '../api.ts';
import { fakeEngine, PIXELS, testService, UNITS } from './testing.ts';

const QUANTISED: Quantised = {
  ...{ shape: [1], count: 3, bitsPerCode: Math.log2(3) },
  layout: { each: 'position', width: UNITS, stages: 1, places: 1, perPlace: 1 },
  codebooks: [Float32Array.from([0, 0, 0.5, 1, 2, 2])],
};
/** Codes are the first two values, doubled: the second and the third vector. */
const IMAGES = [
  [0.25, 0.5],
  [1, 1],
].map((start) => [...start, ...new Array(PIXELS - 2).fill(0)]);

test('encode gives them, and decode takes them', async () => {
  const service = await testService({}, { ...fakeEngine().facts, quantised: QUANTISED });
  const encoded = await service.post('encode', { images: IMAGES, integers: 'yes' });
  expect(await encoded.json()).toMatchObject({ integers: { shape: [2, 1], data: [[1], [2]] } });
  const decoded = await service.post('decode', { integers: [[1], [2]] });
  const vectors = await service.post('decode', {
    codes: [
      [0.5, 1],
      [2, 2],
    ],
  });
  expect(decoded.status).toBe(200);
  expect(((await decoded.json()) as { images: unknown }).images).toEqual(
    ((await vectors.json()) as { images: unknown }).images,
  );
  const outside = await service.post('decode', { integers: [[3]] });
  expect(outside.status).toBe(422);
  expect(await outside.text()).toMatch(/whole numbers from 0 to 2/);
});

test('a model without them says so', async () => {
  const service = await testService();
  const encoded = await service.post('encode', { images: IMAGES, integers: 'yes' });
  expect([encoded.status, await encoded.text()]).toEqual([409, expect.stringMatching(/not quantised/)]);
  expect((await service.post('decode', { integers: [[1]] })).status).toBe(422);
});
