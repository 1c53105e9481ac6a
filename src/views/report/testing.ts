/** A finished run made up for tests, with text in it that would break a careless page. */

import type { Results } from '../../evaluation/results.ts';
import { loadRecipe } from '../../node/recipes.ts';
import { type Manifest, newManifest } from '../../record/index.ts';
import type { ReportInput } from './report.ts';

export const HOSTILE = `"><script>alert('1')</script>&amp;\u0007\u202e<img src=x onerror="go()">`;

const errors = (first: number) => ({
  mae: first,
  mse: first + 0.001,
  squaredErrorPerImage: first + 10,
  bce: first + 0.002,
  bcePerImage: first + 20,
});

export function madeUpRun(): ReportInput & { manifest: Manifest; results: Results } {
  const recipe = loadRecipe('vae20', {
    'corruption.type': 'gaussian',
    'corruption.sigma': 0.4,
    why: `why ${HOSTILE}`,
    reference: `test MSE per pixel of ${HOSTILE}`,
  });
  const losses = [
    { name: 'reconstruction', definition: `binary cross-entropy ${HOSTILE}`, unit: 'nats', weight: 0.5 },
    { name: 'klDivergence', definition: 'KL divergence', unit: 'nats', weight: 1 },
  ];
  const manifest = newManifest({
    name: `run ${HOSTILE}`,
    recipe: recipe.name,
    config: { ...recipe },
    adaptedFrom: null,
    seed: 7,
    threads: 2,
    device: 'cpu',
    dataset: {
      requested: 'mnist',
      dataDir: `/data/it's ${HOSTILE}`,
      name: 'mnist',
      source: `files in ${HOSTILE}`,
      fingerprint: 'ab',
      heldOut: null,
      counts: { train: 55_000, validation: 5_000, test: 10_000 },
      splits: `a twelfth ${HOSTILE}`,
      height: 28,
      width: 28,
      channels: 1,
      classes: ['0', HOSTILE],
      folder: null,
      layout: null,
      normal: null,
      preprocessing: null,
      rows: null,
      isGiven: false,
      table: null,
    },
    parameters: 652_824,
    losses,
    tensorboard: { level: 'none', logEvery: 10 },
    versions: { hourglass: '0.1.0', node: '20.19.0', onnxruntime: '1.30.0' },
    machine: { platform: 'linux', processor: `a processor ${HOSTILE}`, cores: 2, memoryGiB: 8 },
    status: 'finished',
    note: null,
    startedAt: '2026-11-21T04:18:20.000Z',
    endedAt: null,
    epoch: 2,
    from: null,
  });
  const results: Results = {
    keptEpoch: 2,
    dataset: 'mnist',
    split: 'test',
    images: 10_000,
    codeUnits: 20,
    definitions: { mae: `absolute error ${HOSTILE}`, mse: 'squared error, mean' },
    model: errors(0.01234),
    corrupted: { corruption: 'Gaussian noise, σ 0.4', model: errors(0.02345), input: errors(0.1456) },
    pca: { components: 20, fittedOn: 55_000, ...errors(0.05678) },
    meanImage: errors(0.06789),
    similarity: {
      definitions: { ssim: `alike ${HOSTILE}`, psnr: 'decibels' },
      model: { ssim: 0.8765, psnr: 21.43 },
      corrupted: { model: { ssim: 0.7654, psnr: 19.87 }, input: { ssim: 0.3456, psnr: 12.34 } },
      pca: { ssim: 0.5432, psnr: 15.67 },
      meanImage: { ssim: 0.2109, psnr: Number.POSITIVE_INFINITY },
    },
    objective: {
      parts: losses,
      values: { loss: 105.21, reconstruction: 80.271, klDivergence: 24.954 },
    },
    jacobianNorm: 3.0517,
    totalVariation: { definition: 'neighbours', images: 0.06621, reconstructions: Number.NaN },
    code: null,
    diagnosis: {
      verdict: `The model beats PCA ${HOSTILE}`,
      findings: [
        {
          kind: 'still-improving',
          level: 'advice',
          sentence: `It fell ${HOSTILE}`,
          cause: 'Short.',
          remedy: 'Longer.',
        },
      ],
    },
  };
  const metrics = [1, 2].map((epoch) => ({
    epoch,
    step: epoch * 430,
    training: { loss: 150 / epoch, reconstruction: 130 / epoch, klDivergence: 20 },
    validation: { loss: 140 / epoch, reconstruction: 120 / epoch, klDivergence: 20 },
    learningRate: 0.001,
    seconds: 12.25,
    imagesPerSecond: 5123.4,
  }));
  const uri = 'data:image/svg+xml;base64,PHN2Zy8+';
  return {
    manifest,
    recipe,
    shape: '784-400-20-400-784',
    metrics,
    results,
    pictures: ['reconstructions', 'loss', 'traversals', HOSTILE].map((name) => ({ name, uri })),
    files: [{ path: 'model/encoder.onnx', what: 'image → code' }],
  };
}
