/** How alike images look: structural similarity and peak signal-to-noise ratio, each per image, then the mean. */
import { HourglassError } from '../errors.ts';

/** Both are higher the better. */
export interface SimilarityMetrics {
  /** Mean structural similarity, −1 to 1; 1 of an image and itself. */
  ssim: number;
  /** Peak signal-to-noise ratio in decibels, at most {@link PSNR_CEILING}. */
  psnr: number;
}

export interface PlanarShape {
  channels: number;
  height: number;
  width: number;
}

/** Wang et al. (2004): 11 × 11 pixels, weighted by a Gaussian. */
const WINDOW = 11;
const SIGMA = 1.5;
/** (K L)² with K 0.01 and 0.03 and values that go from 0 to 1, L = 1. */
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** Decibels of an image that is reproduced to the bit, or nearly: an error of less than 1e-10 counts as that. */
export const PSNR_CEILING = 100;
const LEAST_ERROR = 10 ** (-PSNR_CEILING / 10);

/** The definitions in words for images of one size: a small side has a smaller window. */
export function similarityDefinitions({
  channels,
  height,
  width,
}: PlanarShape): Record<keyof SimilarityMetrics, string> {
  const [tall, wide] = [windowOf(height), windowOf(width)];
  const cut =
    tall === WINDOW && wide === WINDOW
      ? ''
      : ' (cut down from 11 × 11, as the images are smaller, its weights scaled to a sum of 1)';
  return {
    ssim:
      `structural similarity (Wang et al., 2004): Gaussian window of ${tall} × ${wide} pixels${cut}, σ 1.5, K₁ 0.01, ` +
      `K₂ 0.03, range 1, of windows that lie within the image${channels === 1 ? '' : ', mean over channels'}, ` +
      'mean over windows, then over images; higher is better',
    psnr:
      'peak signal-to-noise ratio in dB: 10 log₁₀(1 / squared error, mean over pixels) for each image, peak 1, mean ' +
      `over images; a squared error below 1e-10 counts as 1e-10, so that ${PSNR_CEILING} dB is the most; higher is better`,
  };
}

/** The largest odd side that fits, 11 at most. */
const windowOf = (side: number): number => Math.min(WINDOW, side % 2 === 1 ? side : side - 1);

/** Adds up SSIM and PSNR of images seen a piece at a time. All values in [0, 1]. */
export class Similarity {
  private readonly shape: PlanarShape;
  private readonly ssim: (originals: Float32Array, others: Float32Array, start: number) => number;
  private images = 0;
  private similarity = 0;
  private decibels = 0;

  constructor(shape: PlanarShape) {
    const { channels, height, width } = shape;
    if (![channels, height, width].every((side) => Number.isInteger(side) && side > 0)) {
      throw new RangeError(`similarity: images of ${channels} × ${height} × ${width} are none`);
    }
    this.shape = shape;
    this.ssim = planeSimilarity(height, width);
  }

  /** `originals` and `reconstructions` are [n, channels, height, width], row-major. */
  add(originals: Float32Array, reconstructions: Float32Array): void {
    const { channels, height, width } = this.shape;
    const plane = height * width;
    const pixels = channels * plane;
    if (originals.length !== reconstructions.length || originals.length % pixels !== 0) {
      throw new RangeError(
        `similarity: ${originals.length} and ${reconstructions.length} values are not images of ${pixels}`,
      );
    }
    for (let start = 0; start < originals.length; start += pixels) {
      let squared = 0;
      for (let i = start; i < start + pixels; i++) squared += (originals[i]! - reconstructions[i]!) ** 2;
      this.decibels -= 10 * Math.log10(Math.max(squared / pixels, LEAST_ERROR));
      for (let c = 0; c < channels; c++)
        this.similarity += this.ssim(originals, reconstructions, start + c * plane) / channels;
    }
    this.images += originals.length / pixels;
  }

  result(): SimilarityMetrics {
    if (this.images === 0) {
      throw new HourglassError('data', { subject: 'similarity', rule: 'needs at least one image', got: 0 });
    }
    return { ssim: this.similarity / this.images, psnr: this.decibels / this.images };
  }
}

/** Weights of a Gaussian over `size` pixels, their sum 1. */
function gaussian(size: number): Float64Array {
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/**
 * For two planes that begin at `start`: the mean over all windows within them of
 * (2 μx μy + C₁)(2 σxy + C₂) / ((μx² + μy² + C₁)(σx² + σy² + C₂)), moments weighted by the window. The window is
 * a product of a column and a row, so each moment takes two short sums.
 */
function planeSimilarity(height: number, width: number) {
  const [column, row] = [gaussian(windowOf(height)), gaussian(windowOf(width))];
  const rows = height - column.length + 1;
  const columns = width - row.length + 1;
  // x, y, x², y², xy of one row, each summed along the window's columns of pixels.
  const sums = Array.from({ length: 5 }, () => new Float64Array(width)) as Five;
  const [sx, sy, sxx, syy, sxy] = sums;
  return (a: Float32Array, b: Float32Array, start: number): number => {
    let total = 0;
    for (let top = 0; top < rows; top++) {
      for (const sum of sums) sum.fill(0);
      for (let k = 0; k < column.length; k++) {
        const weight = column[k]!;
        const at = start + (top + k) * width;
        for (let i = 0; i < width; i++) {
          const x = a[at + i]!;
          const y = b[at + i]!;
          sx[i]! += weight * x;
          sy[i]! += weight * y;
          sxx[i]! += weight * x * x;
          syy[i]! += weight * y * y;
          sxy[i]! += weight * x * y;
        }
      }
      for (let left = 0; left < columns; left++) {
        let [mx, my, xx, yy, xy] = [0, 0, 0, 0, 0];
        for (let k = 0; k < row.length; k++) {
          const weight = row[k]!;
          mx += weight * sx[left + k]!;
          my += weight * sy[left + k]!;
          xx += weight * sxx[left + k]!;
          yy += weight * syy[left + k]!;
          xy += weight * sxy[left + k]!;
        }
        const means = mx * my;
        const squares = mx * mx + my * my;
        total += ((2 * means + C1) * (2 * (xy - means) + C2)) / ((squares + C1) * (xx + yy - squares + C2));
      }
    }
    return total / (rows * columns);
  };
}

type Five = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
