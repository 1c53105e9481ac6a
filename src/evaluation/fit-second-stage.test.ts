import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { drawSecondStage } from '../model/samplers/draw-second-stage.ts';
import { isSecondStage } from '../model/samplers/second-stage-file.ts';
import { normal } from '../nn/testing.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { fitSecondStage } from './fit-second-stage.ts';
import { gaussianNats } from './gaussian-nats.ts';

/** Two round blobs at (2, −3) and (8, 3). */
function blobs(count: number) {
  const draw = random(1);
  const means = new Float32Array(count * 2);
  for (let n = 0; n < count; n++) {
    const y = n % 3 === 0 ? -3 : 3;
    means.set([5 + y + 0.2 * normal(draw), y + 0.2 * normal(draw)], 2 * n);
  }
  return { means, sigmas: new Float32Array(count * 2).fill(0.2) };
}

const SETTINGS = { seed: 1, threads: 1, onProgress: () => {}, shape: { layers: 2, width: 32 } };

test('a second stage learns two blobs better than one Gaussian does, and draws are there', async () => {
  const stage = await fitSecondStage(blobs(1200), 2, { ...SETTINGS, givesVariance: true, steps: 2000 });
  expect(isSecondStage(stage, 2)).toBe(true);
  expect(stage.elbo).toBeGreaterThan(stage.gaussian + 0.8);
  expect(stage.note).toMatch(
    /^a second variational autoencoder over the codes, fitted to 1,080 posteriors of training images in [\d,]+ steps: ELBO of held-out codes -?[\d.]+ nats, ln p by one Gaussian -?\d\.\d\d$/,
  );
  expect(stage.range).toBeNull();
  const { data } = drawSecondStage(nodeEngine, stage, 500, 3);
  const rows = Array.from({ length: 500 }, (_, n) => [data[2 * n]!, data[2 * n + 1]!] as const);
  const near = (y: number) => rows.filter(([a, b]) => Math.hypot(a - 5 - y, b - y) < 1.2).length / 500;
  // One Gaussian has about a tenth of its draws near (2, −3), and a fifth near (8, 3).
  expect(near(-3)).toBeGreaterThan(0.18);
  expect(near(3)).toBeGreaterThan(0.55);
}, 60_000);

test('the same seed gives the same bits, codes without a variance their range, few codes and no learning a sentence', async () => {
  const { means } = blobs(120);
  const codes = { means, sigmas: new Float32Array(means.length) };
  const fitted = (seed: number) =>
    fitSecondStage(codes, 2, { ...SETTINGS, seed, givesVariance: false, steps: 2 });
  const stage = await fitted(1);
  expect(await fitted(1)).toEqual(stage);
  expect((await fitted(2)).output).not.toEqual(stage.output);
  const second = means.filter((_, i) => i % 2 === 1);
  expect(stage.range!.max[1]).toBe(Math.max(...second));
  expect(stage.range!.min[1]).toBe(Math.min(...second));
  expect(stage.note).toContain('108 codes of training images in 2 steps');
  expect(stage.note).toContain('it is sure of less than one Gaussian is; the mixture is the safer choice');
  const few = { means: means.subarray(0, 198), sigmas: new Float32Array(198) };
  await expect(fitSecondStage(few, 2, { ...SETTINGS, givesVariance: false })).rejects.toThrow(
    'a second stage: is for 100 training images or more',
  );
});

test('−ln p by one Gaussian is the textbook’s', () => {
  const rows = (x: number[], spread: number[]) => ({
    count: x.length / 2,
    data: { x: Float32Array.from(x), spread: Float32Array.from(spread) },
  });
  // Variances 1 and 4, covariance √2; to the first two come the mean variances of the rows, 0.25 and 1.
  const train = rows(
    [1, 2, -1, -2, 1, 0, -1, 0].map((value, i) => value * (i % 2 === 0 ? 1 : Math.SQRT2)),
    [0.5, 1, 0.5, 1, 0.5, 1, 0.5, 1],
  );
  const [a, b, c] = [1.25, Math.SQRT2, 5];
  const determinant = a * c - b * b;
  const [x, y] = [0.5, -1.5];
  const squared = (c * (x * x + 0.09) - 2 * b * x * y + a * (y * y + 0.04)) / determinant;
  const expected = squared / 2 + Math.log(2 * Math.PI) + Math.log(determinant) / 2;
  expect(gaussianNats(train, rows([x, y], [0.3, 0.2]), 2, 0)).toBeCloseTo(expected, 5);
});
