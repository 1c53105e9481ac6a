/** How alike images look: structural similarity and peak signal-to-noise ratio, each per image, then the mean. */
import { HourglassError } from '../errors.ts';
import { imageErrors } from './reconstruction.ts';

/** Both are higher the better. */
/** How alike images and reconstructions look: means over images (Wang et al., 2004). */
export type SimilarityMetrics = {
  /** Mean structural similarity, −1 to 1; 1 of an image and itself. */
  ssim: number;
  /** Peak signal-to-noise ratio in decibels, at most 100. */
  psnr: number;
};

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
    const values = channels * plane;
    if (originals.length !== reconstructions.length || originals.length % values !== 0) {
      throw new RangeError(
        `similarity: ${originals.length} and ${reconstructions.length} values are not images of ${values}`,
      );
    }
    for (const error of imageErrors(originals, reconstructions, values)) {
      this.decibels -= 10 * Math.log10(Math.max(error, LEAST_ERROR));
    }
    for (let start = 0; start < originals.length; start += values) {
      for (let c = 0; c < channels; c++)
        this.similarity += this.ssim(originals, reconstructions, start + c * plane) / channels;
    }
    this.images += originals.length / values;
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
 * a product of a row and a column, so every row is filtered once, and then every column of the result. Only the sum
 * of σx² and σy² counts, so four filtered planes are enough: x, y, x² + y² and xy.
 */
function planeSimilarity(height: number, width: number) {
  const [column, row] = [gaussian(windowOf(height)), gaussian(windowOf(width))];
  const rows = height - column.length + 1;
  const columns = width - row.length + 1;
  const planes = (size: number) => Array.from({ length: 4 }, () => new Float64Array(size)) as Four;
  const line = planes(width);
  const filtered = planes(height * columns);
  const [fx, fy, fs, fp] = filtered;
  return (a: Float32Array, b: Float32Array, start: number): number => {
    for (let y = 0; y < height; y++) {
      readLine(line, a, b, start + y * width);
      filterLine(line, row, filtered, y * columns, columns);
    }
    let total = 0;
    const middle = (column.length - 1) / 2;
    for (let top = 0; top < rows; top++) {
      for (let left = 0; left < columns; left++) {
        const first = top * columns + left;
        const last = first + (column.length - 1) * columns;
        const at = first + middle * columns;
        const weight = column[middle]!;
        let mx = weight * fx[at]!;
        let my = weight * fy[at]!;
        let squares = weight * fs[at]!;
        let product = weight * fp[at]!;
        for (let k = 0; k < middle; k++) {
          const weight = column[k]!;
          const i = first + k * columns;
          const j = last - k * columns;
          mx += weight * (fx[i]! + fx[j]!);
          my += weight * (fy[i]! + fy[j]!);
          squares += weight * (fs[i]! + fs[j]!);
          product += weight * (fp[i]! + fp[j]!);
        }
        const means = mx * my;
        const energy = mx * mx + my * my;
        total +=
          ((2 * means + C1) * (2 * (product - means) + C2)) / ((energy + C1) * (squares - energy + C2));
      }
    }
    return total / (rows * columns);
  };
}

/** x, y, x² + y², xy. */
type Four = [Float64Array, Float64Array, Float64Array, Float64Array];

function readLine([lx, ly, ls, lp]: Four, a: Float32Array, b: Float32Array, start: number): void {
  for (let i = 0; i < lx.length; i++) {
    const x = a[start + i]!;
    const y = b[start + i]!;
    lx[i] = x;
    ly[i] = y;
    ls[i] = x * x + y * y;
    lp[i] = x * y;
  }
}

/** Each value of a line becomes the weighted sum of the window that begins there. The weights are symmetric. */
function filterLine([lx, ly, ls, lp]: Four, weights: Float64Array, out: Four, start: number, count: number) {
  const [ox, oy, os, op] = out;
  const middle = (weights.length - 1) / 2;
  for (let left = 0; left < count; left++) {
    const at = left + middle;
    const weight = weights[middle]!;
    let x = weight * lx[at]!;
    let y = weight * ly[at]!;
    let s = weight * ls[at]!;
    let p = weight * lp[at]!;
    for (let k = 0; k < middle; k++) {
      const weight = weights[k]!;
      const i = left + k;
      const j = left + weights.length - 1 - k;
      x += weight * (lx[i]! + lx[j]!);
      y += weight * (ly[i]! + ly[j]!);
      s += weight * (ls[i]! + ls[j]!);
      p += weight * (lp[i]! + lp[j]!);
    }
    ox[start + left] = x;
    oy[start + left] = y;
    os[start + left] = s;
    op[start + left] = p;
  }
}
