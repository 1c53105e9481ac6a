import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { imageSpec } from '../../samples/index.ts';
import type { MeasuredSamples } from './figure.ts';
import {
  applicable,
  definitionOf,
  ERROR_FIGURES,
  FIGURES,
  Measurement,
  SAMPLE_FIGURES,
  SIMILARITY_FIGURES,
} from './index.ts';

const ROW: MeasuredSamples = { kind: 'row', shape: [3], range: null };
const IMAGE = imageSpec({ channels: 1, height: 2, width: 2 });
const keys = (figures: readonly { key: string }[]) => figures.map(({ key }) => key);

test('keys are unique, and docs/evaluation.md names every figure', async () => {
  expect(new Set(keys(FIGURES)).size).toBe(FIGURES.length);
  const docs = await readFile(new URL('../../../docs/evaluation.md', import.meta.url), 'utf8');
  const missing = FIGURES.filter(({ key }) => !docs.includes(`\`${key}\``));
  expect(keys(missing)).toEqual([]);
});

describe('a figure is measured only of samples that it applies to', () => {
  test('rows without limits have errors alone', () => {
    expect(keys(applicable(SAMPLE_FIGURES, ROW))).toEqual(['mae', 'mse', 'squaredErrorPerImage']);
  });

  test('rows of probabilities also have cross-entropies', () => {
    const figures = applicable(SAMPLE_FIGURES, { ...ROW, range: [0, 1] });
    expect(keys(figures)).toEqual(keys(ERROR_FIGURES));
    const measurement = new Measurement(figures, ROW, 1);
    measurement.add(Float32Array.of(0, 1, 0.5), Float32Array.of(0.5, 1, 0.5));
    expect(measurement.result()).toMatchObject({ squaredErrorPerImage: 0.25, mae: 0.5 / 3 });
  });

  test('images have all', () => expect(applicable(SAMPLE_FIGURES, IMAGE)).toEqual(SAMPLE_FIGURES));
});

test('a slow figure takes an even share, and its definition says so', () => {
  const [ssim] = SIMILARITY_FIGURES;
  const seen: number[] = [];
  const measure = {
    most: 8,
    begin: () => ({
      add: (originals: Float32Array) => void seen.push(originals[0]!),
      result: () => ({ ssim: seen.length }),
    }),
  };
  const figure = { ...ssim, definition: 'alike', measure };
  const measurement = new Measurement([figure], IMAGE, 4);
  for (const first of [0, 2]) {
    const images = Float32Array.from({ length: 8 }, (_, i) => first + Math.floor(i / 4));
    measurement.add(images, images);
  }
  // Two images have 8 values.
  expect(seen).toEqual([1, 3]);
  expect(measurement.result()).toEqual({ ssim: 2 });
  expect(definitionOf(figure, IMAGE, 4)).toBe('alike; measured on 2 of the 4 images, spread evenly');
});

test('every figure reads its value from what its command prints', () => {
  const both = <T>(codes: T) => ({ codes, pca: null });
  const measured = {
    model: { mae: 1, mse: 2, squaredErrorPerImage: 3, bce: 4, bcePerImage: 5 },
    similarity: { model: { ssim: 6, psnr: 7 } },
    objective: { values: { loss: 8 } },
    jacobianNorm: 9,
    code: {
      ...{ symbols: { used: 10, perplexity: 11 }, varying: 12, perUnit: { kl: [1] } },
      sparse: { active: 13, explainedVariance: 14, cosine: 15, dead: 16, dense: 17 },
    },
    totalVariation: { images: 19, reconstructions: 18 },
    detection: {
      score: 'ssim-max',
      scores: {
        'ssim-max': {
          ...{ auroc: 20, averagePrecision: 21 },
          pixels: { pixelAuroc: 22, pixelAveragePrecision: 23, aupro: 24, aupimo: 25 },
        },
      },
    },
    probe: {
      ...both({ accuracy: 26, converged: true }),
      neighbours: both({ accuracy: 27, k: 5 }),
      clusters: both({ accuracy: 28, nmi: 29, clusters: 10 }),
    },
    likelihood: {
      elbo: 30,
      klDivergence: 31,
      samples: 5000,
      nll: [1, 50, 5000].map((k, i) => ({ k, value: 32 + i })),
    },
    generation: {
      definition: '',
      sources: ['reconstruction', 'prior', 'mixture', 'interpolation'].map((source, i) => {
        const first = 35 + 6 * i;
        const values = { precision: first + 1, recall: first + 2, density: first + 3, coverage: first + 4 };
        return { source, note: '', frechet: first, ...values, rightClass: first + 5 };
      }),
    },
    oneClass: { tables: [{ mean: { squaredError: 59, negativeElbo: 60 } }] },
  };
  expect(FIGURES.map(({ read }) => read(measured))).toEqual(FIGURES.map((_, i) => i + 1));
  expect(FIGURES.map(({ read }) => read({}) ?? null)).toEqual(FIGURES.map(() => null));
});
