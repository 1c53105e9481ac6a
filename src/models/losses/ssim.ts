import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { abs, add, mul, reduceSum, reshape, square, sub } from '../../graph/index.ts';
import { MOST_SCALES, scalesWithin, structuralSimilarity } from '../../nn/index.ts';
import type { LossKind } from './kind.ts';

export interface SsimSettings {
  /** The scales at which images are compared, each half as large as the one before. */
  scales?: number | undefined;
  /** The share of an error of pixels in the loss, next to 1 − SSIM. */
  pixelShare?: number | undefined;
  /** Which error of pixels that is. */
  pixelError?: 'mse' | 'mae' | undefined;
}

/** 1 − the mean of SSIM over windows, for each image; mixed with an error of its pixels, if asked. */
export const ssimLoss = {
  type: 'ssim',
  summary: '1 − structural similarity, at one or several scales',
  settings: {
    scales: z
      .int()
      .min(1)
      .max(MOST_SCALES)
      .optional()
      .describe(
        'for ssim: at how many scales images are compared, each half as large as the one before (default 1)',
      ),
    pixelShare: z
      .number()
      .min(0)
      .lt(1)
      .optional()
      .describe('for ssim: the share of an error of pixels in the loss; the rest is 1 − SSIM (default 0)'),
    pixelError: z
      .enum(['mse', 'mae'])
      .optional()
      .describe('for ssim: the error of pixels that has that share: squared (default) or absolute'),
  },
  couplesImages: false,
  unitRange: true,
  imagesOnly: true,
  comparesStructure: true,
  words({ scales = 1, pixelShare = 0, pixelError = 'mse' }) {
    const window = 'Gaussian windows of 11 × 11 pixels, σ 1.5, smaller on smaller images';
    const ssim = `1 − ${scales === 1 ? 'SSIM' : `SSIM at ${scales} scales`} (${window})`;
    if (pixelShare === 0) return ssim;
    const share = (of: number) => Number(of.toPrecision(3));
    return `${share(1 - pixelShare)} · (${ssim}) + ${share(pixelShare)} · ${pixelError === 'mse' ? 'squared' : 'absolute'} error`;
  },
  axis: ['1 − SSIM', '1 − SSIM'],
  unit: null,
  terms(net, { image }, target, { scales = 1, pixelShare = 0, pixelError = 'mse' }, shape) {
    const { channels, height, width } = shape;
    if (scales > scalesWithin(height, width)) {
      throw new HourglassError('usage', {
        subject: 'loss.scales',
        rule: `must be at most ${scalesWithin(height, width)} for images of ${height} × ${width}: each scale halves the sides`,
        got: scales,
        hint: `set loss.scales=${scalesWithin(height, width)}`,
      });
    }
    const maps = (rows: typeof image) => reshape(rows, [rows.shape[0]!, channels, height, width]);
    const similarity = structuralSimilarity(net, maps(image), maps(target), scales);
    // Summed over the pixels of an image, as every loss gives it.
    const values = channels * height * width;
    const dissimilarity = mul(sub(1, similarity), values * (1 - pixelShare));
    if (pixelShare === 0) return dissimilarity;
    const difference = sub(image, target);
    const errors = pixelError === 'mse' ? square(difference) : abs(difference);
    return add(dissimilarity, mul(reduceSum(errors, [1]), pixelShare));
  },
  likelihood: null,
  bestConstant: 'mean',
} as const satisfies LossKind<SsimSettings>;
