import { describe, expect, test } from 'vitest';
import { random } from '../../../test/reference/random.ts';
import type { CorruptionConfig } from '../../models/index.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import type { Model } from '../model.ts';
import { addNoise } from './denoise.ts';
import { addPlainNoise } from './plain-noise.ts';

const image = { channels: 3, height: 5, width: 7 };
const SIZE = 105;
const draw = random(5);
const IMAGES = Float32Array.from({ length: 11 * SIZE }, () => Math.min(1, Math.max(0, 1.4 * draw() - 0.2)));

const modelWith = (corruption: CorruptionConfig) => ({ info: { image, corruption, rows: null } }) as Model;

describe('noise without a graph is that of the graph', () => {
  test.each<CorruptionConfig>([
    { type: 'gaussian', sigma: 0.3 },
    { type: 'gaussian', sigma: 0 },
    { type: 'masking', rate: 0.37 },
    { type: 'masking', rate: 0 },
    { type: 'masking', rate: 1 },
    { type: 'saltAndPepper', rate: 0.61 },
    { type: 'saltAndPepper', rate: 0 },
  ])('%j, to the bit', async (corruption) => {
    const model = modelWith(corruption);
    for (const options of [undefined, { seed: 9, firstRow: 4 }]) {
      const plain = await addPlainNoise(nodeEngine, model, IMAGES, options);
      expect(plain).toEqual(await addNoise(nodeEngine, model, IMAGES, options));
      expect(plain.shape).toEqual([11, 3, 5, 7]);
    }
  });

  test('of many scales, but for the last bits of an exponential function', async () => {
    const model = modelWith({ type: 'multiscaleGaussian', least: 0.01, greatest: 2 });
    const plain = await addPlainNoise(nodeEngine, model, IMAGES, { seed: 2, firstRow: 1 });
    const { data } = await addNoise(nodeEngine, model, IMAGES, { seed: 2, firstRow: 1 });
    const farthest = Math.max(...plain.data.map((value, i) => Math.abs(value - data[i]!)));
    expect(farthest).toBeLessThan(1e-5);
    expect(plain.data).not.toEqual(IMAGES);
  });
});

test('made defects need the graph', async () => {
  const model = modelWith({ type: 'defects', clean: 0, size: [0.1, 0.3] });
  await expect(addPlainNoise(nodeEngine, model, IMAGES)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^addNoise: cannot make the corruption 'defects' in hourglass\/use/),
  });
});

test.each([{ seed: -1 }, { seed: 0.5 }, { firstRow: -3 }])('%j is refused', async (options) => {
  const model = modelWith({ type: 'gaussian', sigma: 0.1 });
  await expect(addNoise(nodeEngine, model, IMAGES, options)).rejects.toMatchObject({ kind: 'usage' });
});
