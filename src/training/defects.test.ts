import { expect, test } from 'vitest';
import { nodeEngine } from '../node/engine/index.ts';
import { corruptImages } from './corrupt.ts';

const SHAPE = { channels: 1, height: 24, width: 32 };
const SIZE = SHAPE.height * SHAPE.width;
const COUNT = 200;
/** Slopes of grey, as no two pixels of a row are alike. */
const IMAGES = Float32Array.from({ length: COUNT * SIZE }, (_, i) => 0.2 + (0.6 * (i % 32)) / 32);

const made = (
  { clean = 0.25, size = [0.05, 0.4] }: { clean?: number; size?: [number, number] },
  seed = 1,
): Promise<Float32Array> =>
  corruptImages(nodeEngine, { type: 'defects', clean, size }, IMAGES, SHAPE, { split: 'test', seed });

/** The share of the pixels of each image that are not as they were. */
const changed = (found: Float32Array): number[] =>
  Array.from({ length: COUNT }, (_, n) => {
    let pixels = 0;
    for (let i = n * SIZE; i < (n + 1) * SIZE; i++) pixels += Number(Math.abs(found[i]! - IMAGES[i]!) > 1e-6);
    return pixels / SIZE;
  });

const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;

test('a share of the images is left clean; the others have a defect, which is not the whole image', async () => {
  const shares = changed(await made({ clean: 0.5 }));
  const clean = shares.filter((share) => share === 0).length / COUNT;
  expect(clean).toBeGreaterThan(0.4);
  expect(clean).toBeLessThan(0.65);
  expect(shares.filter((share) => share > 0.9).length).toBeLessThan(COUNT / 20);
});

test('with a clean share of 1 nothing changes, with 0 nearly every image', async () => {
  expect(await made({ clean: 1 })).toEqual(IMAGES);
  const untouched = changed(await made({ clean: 0 })).filter((share) => share === 0).length;
  expect(untouched).toBeLessThan(COUNT / 10);
});

test('values stay from 0 to 1, and another seed makes other defects', async () => {
  const [one, other] = [await made({ clean: 0 }), await made({ clean: 0 }, 2)];
  for (const found of [one, other]) {
    expect(found.reduce((a, b) => Math.min(a, b))).toBeGreaterThanOrEqual(0);
    expect(found.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(1);
  }
  expect(one).not.toEqual(other);
});

test('an image has the same defects, in one piece or in many', async () => {
  const place = { split: 'validation', seed: 3 } as const;
  const settings = { type: 'defects' as const, clean: 0.25, size: [0.05, 0.4] as [number, number] };
  const whole = await corruptImages(nodeEngine, settings, IMAGES, SHAPE, place);
  const part = await corruptImages(nodeEngine, settings, IMAGES.subarray(7 * SIZE, 20 * SIZE), SHAPE, {
    ...place,
    firstRow: 7,
  });
  expect(part).toEqual(whole.slice(7 * SIZE, 20 * SIZE));
});

test('larger sizes change more of an image', async () => {
  const share = async (most: number) => mean(changed(await made({ clean: 0, size: [0.05, most] })));
  expect(await share(0.9)).toBeGreaterThan(1.2 * (await share(0.1)));
});
