/** Each family learns what it is for, in tiny seeded runs, compared with theory where it exists. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { AutoencoderConfig, CorruptionConfig, ObjectiveConfig } from '../models/index.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { type MemorySource, subset } from '../samples/index.ts';
import { corruptImages } from './corrupt.ts';
import { trainingLoop } from './loop.ts';
import { lowRankImages, modelOf, objectiveOf, settingsOf, trainerOf } from './testing.ts';
import type { Trainer } from './trainer.ts';

const floats = ({ values }: MemorySource) => Float32Array.from(values, (byte) => byte / 255);

/** A trainer at the end of a training. */
async function trained(
  model: AutoencoderConfig,
  objective: ObjectiveConfig,
  train: MemorySource,
  { epochs, learningRate, seed = 1 }: { epochs: number; learningRate: number; seed?: number },
): Promise<Trainer> {
  const settings = settingsOf({
    epochs,
    batchSize: 50,
    optimiser: { type: 'adam', learningRate },
    schedule: { type: 'cosine' },
  });
  const trainer = await trainerOf(model, train.values.length / train.count, settings, { seed, objective });
  // Validation is not looked at: one image of it is enough.
  const validation = subset(train, Uint32Array.of(0));
  for await (const _ of trainingLoop({ trainer, train, validation, settings }));
  return trainer;
}

describe('a linear variational autoencoder is probabilistic PCA', () => {
  const PIXELS = 12;
  const UNITS = 2;
  const train = lowRankImages(800, PIXELS, 3, 1);

  /** Tipping & Bishop (1999): of a covariance S with eigenvalues λ, the best model of q units. */
  function analytic() {
    const data = floats(train);
    const mean = Array.from({ length: PIXELS }, (_, p) => {
      let sum = 0;
      for (let n = 0; n < train.count; n++) sum += data[n * PIXELS + p]!;
      return sum / train.count;
    });
    const covariance = Matrix.zeros(PIXELS, PIXELS);
    for (let n = 0; n < train.count; n++) {
      const off = mean.map((m, p) => data[n * PIXELS + p]! - m);
      for (const [i, a] of off.entries()) {
        for (const [j, b] of off.entries())
          covariance.set(i, j, covariance.get(i, j) + (a * b) / train.count);
      }
    }
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
      assumeSymmetric: true,
    });
    const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
    const values = order.map((k) => realEigenvalues[k]!);
    const rest = values.slice(UNITS);
    const variance = rest.reduce((a, b) => a + b) / rest.length;
    const kept = values.slice(0, UNITS);
    const logDeterminant = kept.reduce((sum, l) => sum + Math.log(l), 0) + rest.length * Math.log(variance);
    // With C the model's covariance at its best, tr(C⁻¹ S) is the number of pixels.
    const logLikelihood = -0.5 * (PIXELS * Math.log(2 * Math.PI) + logDeterminant + PIXELS);
    const modelled = Matrix.identity(PIXELS).mul(variance);
    for (const [k, l] of kept.entries()) {
      const u = eigenvectorMatrix.getColumnVector(order[k]!);
      modelled.add(u.mmul(u.transpose()).mul(l - variance));
    }
    return { mean, values, variance, logLikelihood, modelled };
  }

  test('in its variance, its covariance, its mean and its bound (Lucas et al., 2019)', async () => {
    const best = analytic();
    // A unit is worth its cost: the eigenvalues kept are well above the variance that is left.
    expect(best.values[UNITS - 1]! / best.variance).toBeGreaterThan(3);
    const model = modelOf({
      code: { type: 'gaussian', units: UNITS },
      output: { activation: 'identity' },
    });
    const objective = objectiveOf('gaussian', {
      loss: { type: 'gaussian', reduction: 'sum', sigma: 'learned' },
    });
    const trainer = await trained(model, objective, train, { epochs: 200, learningRate: 0.03 });
    const values = (name: string) => trainer.weights().get(name)!.values;
    const variance = Math.exp(values('loss.logVariance')[0]!);
    expect(Math.abs(variance / best.variance - 1)).toBeLessThan(0.02);

    // The model's own covariance, Wᵀ W + σ² 1: the same whatever way the code is turned. It is found more
    // slowly than the bound, which is flat around its best.
    const weight = new Matrix(
      [0, 1].map((k) => [...values('decoder.output.weight').subarray(k * PIXELS, (k + 1) * PIXELS)]),
    );
    const covariance = weight.transpose().mmul(weight).add(Matrix.identity(PIXELS).mul(variance));
    expect(covariance.clone().sub(best.modelled).norm() / best.modelled.norm()).toBeLessThan(0.15);
    for (const [p, m] of best.mean.entries()) {
      expect(Math.abs(values('decoder.output.bias')[p]! - m)).toBeLessThan(0.02);
    }

    // Two draws for each image; what is left of chance is some hundredths of a nat.
    const bounds = [await trainer.evaluate(train, 'validation'), await trainer.evaluate(train, 'test')];
    const bound = -(bounds[0]!.loss! + bounds[1]!.loss!) / 2;
    expect(Math.abs(bound - best.logLikelihood)).toBeLessThan(0.05);
    await trainer.dispose();
  });
});

describe('a denoiser', () => {
  const PIXELS = 24;
  const train = lowRankImages(600, PIXELS, 3, 1);
  const held = lowRankImages(150, PIXELS, 3, 2);
  const model = modelOf({
    encoder: [{ type: 'dense', units: 24, activation: 'tanh' }],
    code: { units: 6 },
    decoder: [{ type: 'dense', units: 24, activation: 'tanh' }],
  });

  test.each<[string, CorruptionConfig]>([
    ['Gaussian noise', { type: 'gaussian', sigma: 0.25 }],
    ['Gaussian noise of many scales', { type: 'multiscaleGaussian', least: 0.1, greatest: 0.4 }],
    ['masking', { type: 'masking', rate: 0.3 }],
    ['salt and pepper', { type: 'saltAndPepper', rate: 0.3 }],
  ])('leaves less than a third of the error of its input: %s', async (_, corruption) => {
    const trainer = await trained(model, objectiveOf('mse', { corruption }), train, {
      epochs: 40,
      learningRate: 0.01,
    });
    const clean = floats(held);
    const seen = await corruptImages(
      nodeEngine,
      corruption,
      clean,
      { channels: 1, height: 1, width: PIXELS },
      { split: 'test', seed: 1 },
    );
    const before = clean.reduce((sum, x, i) => sum + (x - seen[i]!) ** 2, 0) / clean.length;
    const { loss: after } = await trainer.evaluate(held, 'test');
    expect(after! / before).toBeLessThan(1 / 3);
    await trainer.dispose();
  });
});

describe('a sparse code', () => {
  const PIXELS = 24;
  const train = lowRankImages(500, PIXELS, 4, 1);
  const UNITS = 12;
  const model = modelOf({ code: { units: UNITS, activation: 'sigmoid' } });

  /** The mean activation of each unit over the images. */
  async function activity(trainer: Trainer): Promise<number[]> {
    const [weight, bias] = ['weight', 'bias'].map(
      (name) => trainer.weights().get(`encoder.code.${name}`)!.values,
    );
    const data = floats(train);
    return Array.from({ length: UNITS }, (_, k) => {
      let sum = 0;
      for (let n = 0; n < train.count; n++) {
        let z = bias![k]!;
        for (let p = 0; p < PIXELS; p++) z += data[n * PIXELS + p]! * weight![p * UNITS + k]!;
        sum += 1 / (1 + Math.exp(-z));
      }
      return sum / train.count;
    });
  }

  test.each([0.05, 0.2])('is active, unit by unit, as much as it should be: %s', async (target) => {
    const objective = objectiveOf('mse', { penalties: { sparsity: { weight: 0.1, target } } });
    const trainer = await trained(model, objective, train, { epochs: 60, learningRate: 0.02 });
    const active = await activity(trainer);
    for (const mean of active) expect(Math.abs(mean - target)).toBeLessThan(0.02);
    await trainer.dispose();
  });

  test('is about half active where nothing asks for less', async () => {
    const trainer = await trained(model, objectiveOf('mse'), train, { epochs: 60, learningRate: 0.02 });
    const active = await activity(trainer);
    expect(active.reduce((a, b) => a + b) / UNITS).toBeGreaterThan(0.3);
    await trainer.dispose();
  });
});

test('an L1 penalty makes a code smaller, L2 the weights', async () => {
  const train = lowRankImages(300, 12, 3, 1);
  const objective = (penalties: object) => objectiveOf('mse', { penalties });
  const part = async (weight: number, name: 'l1' | 'l2') => {
    const settings = { epochs: 30, learningRate: 0.02 };
    const trainer = await trained(
      modelOf({ code: { units: 4 } }),
      objective({ [name]: { weight } }),
      train,
      settings,
    );
    const losses = await trainer.evaluate(train);
    await trainer.dispose();
    return losses[name]!;
  };
  expect(await part(0.01, 'l1')).toBeLessThan((await part(0, 'l1')) / 2);
  expect(await part(0.001, 'l2')).toBeLessThan((await part(0, 'l2')) / 2);
});
