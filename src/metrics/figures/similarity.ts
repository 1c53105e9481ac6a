/** How alike images and reconstructions look. */
import { Similarity, type SimilarityMetrics, similarityDefinitions } from '../structure.ts';
import type { Figure, Measure, MeasuredSamples } from './figure.ts';
import { isImage, planarShape } from './image.ts';

/** SSIM is slow: for large images it is measured on as many as have the values of MNIST's 10,000. */
const similarity: Measure<SimilarityMetrics> = {
  begin: (samples) => new Similarity(planarShape(samples)),
  most: 10_000 * 784,
};

/** Both take 1 for the peak. */
const appliesTo = (samples: MeasuredSamples) =>
  isImage(samples) && samples.range?.[0] === 0 && samples.range[1] === 1;

export const SIMILARITY_FIGURES = [
  {
    key: 'ssim',
    name: 'SSIM',
    note: 'structural similarity, higher is better',
    definition: (samples) => similarityDefinitions(planarShape(samples)).ssim,
    unit: '',
    better: 'higher',
    appliesTo,
    measure: similarity,
  },
  {
    key: 'psnr',
    name: 'PSNR (dB)',
    short: 'PSNR',
    note: 'peak 1, per image; higher is better',
    definition: (samples) => similarityDefinitions(planarShape(samples)).psnr,
    unit: 'dB',
    better: 'higher',
    appliesTo,
    measure: similarity,
  },
] as const satisfies readonly Figure[];
