/** The bounds compared with a model whose likelihood is known: a linear one is probabilistic PCA. */
import { inverse, Matrix } from 'ml-matrix';
import { beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { defineAutoencoder } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { imageSpec, memorySource } from '../samples/index.ts';
import type { NamedTensor } from '../training/index.ts';
import { modelOf, objectiveOf } from '../training/testing.ts';
import { openImportanceSampler } from './importance.ts';
import { measureLikelihood } from './likelihood.ts';

const PIXELS = 8;
const UNITS = 2;
const SIGMA = 0.3;
const COUNT = 40;

const held = (() => {
  const draw = random(2);
  const images = Uint8Array.from({ length: COUNT * PIXELS }, () => Math.floor(256 * draw()));
  return memorySource(imageSpec({ channels: 1, height: 1, width: PIXELS }), images);
})();

/** x | z ~ N(Wᵀ z + b, σ² 1), z ~ N(0, 1): ln p(x) and p(z | x) in closed form (Tipping & Bishop, 1999). */
const draw = random(3);
const W = new Matrix(Array.from({ length: UNITS }, () => Array.from({ length: PIXELS }, () => draw() - 0.5)));
const b = Array.from({ length: PIXELS }, () => 0.3 + 0.4 * draw());
const covariance = W.transpose()
  .mmul(W)
  .add(Matrix.identity(PIXELS).mul(SIGMA ** 2));
const precision = W.mmul(W.transpose())
  .div(SIGMA ** 2)
  .add(Matrix.identity(UNITS));
const posterior = inverse(precision);

function logDensity(image: Uint8Array): number {
  const off = Matrix.columnVector([...image].map((byte, p) => byte / 255 - b[p]!));
  const square = off.transpose().mmul(inverse(covariance)).mmul(off).get(0, 0);
  return -0.5 * (PIXELS * Math.log(2 * Math.PI) + logDeterminant(covariance) + square);
}

/** By Cholesky's way: Σ ln of the pivots. */
function logDeterminant(matrix: Matrix): number {
  const a = matrix.clone();
  let sum = 0;
  for (let k = 0; k < a.rows; k++) {
    sum += Math.log(a.get(k, k));
    for (let i = k + 1; i < a.rows; i++) {
      const factor = a.get(i, k) / a.get(k, k);
      for (let j = k; j < a.rows; j++) a.set(i, j, a.get(i, j) - factor * a.get(k, j));
    }
  }
  return sum;
}

const exact =
  Array.from({ length: COUNT }, (_, n) =>
    logDensity(held.values.subarray(n * PIXELS, (n + 1) * PIXELS)),
  ).reduce((sum, value) => sum + value, 0) / COUNT;

const definition = defineAutoencoder(
  modelOf({ code: { type: 'gaussian', units: UNITS }, output: { activation: 'identity' } }),
  { height: 1, width: PIXELS, channels: 1 },
);
const recipe = objectiveOf('gaussian', { loss: { type: 'gaussian', reduction: 'sum', sigma: SIGMA } });

/**
 * The model's weights. Its encoder has the posterior's mean; of its variance, which has to be diagonal, `spread` times
 * 1 / (diagonal of the precision), the best a diagonal one can be.
 */
function weights(spread: number): Map<string, NamedTensor> {
  // μ = Σ W (x − b) / σ².
  const gain = posterior.mmul(W).div(SIGMA ** 2);
  const shift = gain.mmul(Matrix.columnVector(b)).mul(-1);
  const tensor = (shape: number[], values: number[]): NamedTensor => ({
    shape,
    values: Float32Array.from(values),
  });
  return new Map([
    ['encoder.code.mean.weight', tensor([PIXELS, UNITS], gain.transpose().to1DArray())],
    ['encoder.code.mean.bias', tensor([UNITS], shift.to1DArray())],
    ['encoder.code.logVariance.weight', tensor([PIXELS, UNITS], new Array(PIXELS * UNITS).fill(0))],
    [
      'encoder.code.logVariance.bias',
      tensor(
        [UNITS],
        precision.diagonal().map((value) => Math.log(spread / value)),
      ),
    ],
    ['decoder.output.weight', tensor([UNITS, PIXELS], W.to1DArray())],
    ['decoder.output.bias', tensor([PIXELS], b)],
  ]);
}

const measure = (spread: number, more: object = {}) =>
  measureLikelihood(
    nodeEngine,
    { definition, recipe, weights: weights(spread), held },
    { images: COUNT, seed: 1, threads: 1, ...more },
  );

/** KL(q ‖ p(z | x)), the same for all images: what the ELBO lacks. */
function gap(spread: number): number {
  const variances = precision.diagonal().map((value) => spread / value);
  const trace = variances.reduce((sum, v, k) => sum + v * precision.get(k, k), 0);
  const logs = variances.reduce((sum, v) => sum + Math.log(v), 0);
  return 0.5 * (trace - UNITS - logs - logDeterminant(precision));
}

describe('the likelihood of a linear model', () => {
  let wide: Awaited<ReturnType<typeof measure>>;
  beforeAll(async () => {
    wide = await measure(3);
  });

  test('is found by 5,000 samples, and the ELBO lacks what theory says', () => {
    expect(gap(3)).toBeGreaterThan(0.5);
    expect(Math.abs(wide.elbo - (exact - gap(3)))).toBeLessThan(0.02);
    expect(Math.abs(wide.nll[2]!.value + exact)).toBeLessThan(0.005);
  });

  test('is bounded the tighter the more samples there are', () => {
    const [one, fifty, most] = wide.nll.map(({ value }) => value) as [number, number, number];
    expect(wide.nll.map(({ k }) => k)).toEqual([1, 50, 5000]);
    expect(one).toBe(-wide.elbo);
    expect(one).toBeGreaterThan(fifty);
    expect(fifty).toBeGreaterThan(most);
    expect(fifty + exact).toBeLessThan(0.1);
  });

  test('needs no more than one sample where the posterior is the encoder’s', async () => {
    // One unit: its posterior is diagonal by itself.
    const single = defineAutoencoder(
      modelOf({ code: { type: 'gaussian', units: 1 }, output: { activation: 'identity' } }),
      { height: 1, width: 2, channels: 1 },
    );
    const w = [0.8, -0.4];
    const variance = 1 / (1 + (w[0]! ** 2 + w[1]! ** 2) / SIGMA ** 2);
    const gain = w.map((value) => (variance * value) / SIGMA ** 2);
    const tensor = (...values: number[]) => ({ shape: [values.length], values: Float32Array.from(values) });
    const sampler = await openImportanceSampler(
      nodeEngine,
      {
        definition: single,
        loss: { ...recipe.loss, type: 'gaussian' },
        weights: new Map([
          ['encoder.code.mean.weight', tensor(...gain)],
          ['encoder.code.mean.bias', tensor(0)],
          ['encoder.code.logVariance.weight', tensor(0, 0)],
          ['encoder.code.logVariance.bias', tensor(Math.log(variance))],
          ['decoder.output.weight', tensor(...w)],
          ['decoder.output.bias', tensor(0, 0)],
        ]),
      },
      { samples: 300, seed: 5, threads: 1 },
    );
    const x = [0.7, 0.1];
    const { logWeights, kl } = await sampler.weigh(Float32Array.from(x), 3);
    // ln N(x; 0, w wᵀ + σ² 1), its determinant and inverse by the lemmas for a rank-one change.
    const norm = x[0]! ** 2 + x[1]! ** 2;
    const along = w[0]! * x[0]! + w[1]! * x[1]!;
    const square = norm / SIGMA ** 2 - (variance * along ** 2) / SIGMA ** 4;
    const expected = -0.5 * (2 * Math.log(2 * Math.PI * SIGMA ** 2) - Math.log(variance) + square);
    for (const value of logWeights) expect(value).toBeCloseTo(expected, 4);
    const mean = gain[0]! * x[0]! + gain[1]! * x[1]!;
    expect(kl).toBeCloseTo(0.5 * (mean ** 2 + variance - Math.log(variance) - 1), 5);
    await sampler.dispose();
  });

  test('is the same for the same seed, of an image whatever others are measured', async () => {
    expect(await measure(3, { images: 10 })).toEqual(await measure(3, { images: 10 }));
    const all = await measure(3, { seed: 9 });
    expect(all.elbo).not.toBe(wide.elbo);
    expect(all.elbo).toBeCloseTo(wide.elbo, 1);
    expect(wide).toMatchObject({ images: COUNT, splitImages: COUNT, binarisation: null });
    expect(wide.definition).toContain('Gaussian likelihood of grey values in [0, 1], σ 0.3; ');
    expect(wide.definition).toContain('all 40 images, 5000 codes drawn for each with seed 1');
  });
});

describe('a Bernoulli likelihood', () => {
  const bernoulli = defineAutoencoder(modelOf({ code: { type: 'gaussian', units: 1 } }), {
    height: 1,
    width: 2,
    channels: 1,
  });
  /** A decoder that takes no notice of its code, and an encoder that is the prior: every weight is p(x). */
  const tensor = (...values: number[]) => ({ shape: [values.length], values: Float32Array.from(values) });
  const deaf = new Map([
    ['encoder.code.mean.weight', tensor(0, 0)],
    ['encoder.code.mean.bias', tensor(0)],
    ['encoder.code.logVariance.weight', tensor(0, 0)],
    ['encoder.code.logVariance.bias', tensor(0)],
    ['decoder.output.weight', tensor(0, 0)],
    ['decoder.output.bias', tensor(Math.log(3), 0)],
  ]);
  const count = 60;
  /** Pixels of 0.2 and 0.6 in all images. */
  const grey = memorySource(
    imageSpec({ channels: 1, height: 1, width: 2 }),
    Uint8Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 51 : 153)),
  );
  const of = (binarisation: 'grey' | 'threshold' | 'sampled') =>
    measureLikelihood(
      nodeEngine,
      { definition: bernoulli, recipe: objectiveOf('bce'), weights: deaf, held: grey },
      { images: count, seed: 1, threads: 1, binarisation },
    );

  test('is that of the grey values, of their halves, or of what is drawn by them', async () => {
    const [grey, threshold, sampled] = [await of('grey'), await of('threshold'), await of('sampled')];
    // Probabilities of a 1: 3/4 and 1/2.
    const expected = (x: number) => x * Math.log(3 / 4) + (1 - x) * Math.log(1 / 4) - Math.LN2;
    for (const { value } of grey.nll) expect(value).toBeCloseTo(-expected(0.2), 4);
    for (const { value } of threshold.nll) expect(value).toBeCloseTo(-expected(0), 4);
    // A fifth of 60 is drawn: within three standard deviations of it.
    const drawn = (-sampled.nll[0]!.value - expected(0)) / Math.log(3);
    expect(drawn).not.toBeCloseTo(0.2, 6);
    expect(Math.abs(drawn - 0.2)).toBeLessThan(0.155);
    expect(drawn * count).toBeCloseTo(Math.round(drawn * count), 2);
    expect([grey, threshold, sampled].map(({ binarisation }) => binarisation)).toEqual([
      'grey',
      'threshold',
      'sampled',
    ]);
    expect(sampled.definition).toContain('Bernoulli likelihood, binarised once');
    expect(sampled.nll[0]!.standardError).toBeGreaterThan(0);
  });
});

describe('is refused', () => {
  const plain = defineAutoencoder(modelOf({}), { height: 1, width: PIXELS, channels: 1 });
  const ask = (more: object, settings: object = {}) =>
    measureLikelihood(
      nodeEngine,
      { definition, recipe, weights: weights(1), held, ...more },
      { images: 1, seed: 1, threads: 1, ...settings },
    );

  test.each<[string, object, object, string]>([
    ['of a model without a distribution', { definition: plain }, {}, "model.code.type: must be 'gaussian'"],
    [
      'of a loss that is none',
      { recipe: objectiveOf('mse') },
      {},
      "loss.type: must be a likelihood, 'bce' or 'gaussian', got mse",
    ],
    ['of more images than there are', {}, { images: 41 }, 'from 1 to the 40 of the split, got 41'],
    ['of no images', {}, { images: 0 }, 'got 0'],
    [
      'of grey values that would be binarised',
      {},
      { binarisation: 'threshold' },
      'is for a Bernoulli likelihood',
    ],
  ])('%s', async (_, model, settings, words) => {
    await expect(ask(model, settings)).rejects.toThrow(words);
  });
});
