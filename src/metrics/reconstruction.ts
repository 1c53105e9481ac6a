/** How well images are reconstructed, in double precision, over all images given. figures/errors.ts has the definitions. */
import { HourglassError } from '../errors.ts';
import { SCALED_BYTES } from '../samples/index.ts';

/** Errors of reconstructions, over all images measured; x and x̂ in [0, 1]. */
export type PixelErrors = {
  /** Mean over images of the sum over pixels of (x − x̂)². */
  squaredErrorPerImage: number;
  /** The same, mean over pixels. */
  mse: number;
  /** Mean over pixels and images of |x − x̂|. */
  mae: number;
  /** Mean over images of the sum over pixels of −x ln x̂ − (1 − x) ln(1 − x̂), in nats, x̂ within [1e-7, 1 − 1e-7]. */
  bcePerImage: number;
  /** The same, mean over pixels. */
  bce: number;
};

/**
 * The mean squared error over the values of each image, [n], of images [n, values] against others in [0, 1]; bytes stand for 0 to
 * 1. |x − x̂| of each value goes to `masks`, (x − x̂)² to `squared`.
 */
export function imageErrors(
  images: Uint8Array | Float32Array,
  others: Float32Array,
  values: number,
  { masks, squared }: { masks?: Float32Array; squared?: Float32Array } = {},
): Float64Array {
  const errors = new Float64Array(images.length / values);
  const isBytes = images instanceof Uint8Array;
  for (let n = 0; n < errors.length; n++) {
    let sum = 0;
    for (let i = n * values, end = i + values; i < end; i++) {
      const difference = (isBytes ? SCALED_BYTES[images[i]!]! : images[i]!) - others[i]!;
      sum += difference * difference;
      if (masks !== undefined) masks[i] = Math.abs(difference);
      if (squared !== undefined) squared[i] = difference * difference;
    }
    errors[n] = sum / values;
  }
  return errors;
}

const BCE_MARGIN = 1e-7;
/** Far from the least double: one more factor of 1e-7 loses nothing. */
const LEAST_PRODUCT = 1e-200;

/** Adds up the errors of images seen a piece at a time. The cross-entropies are for values in [0, 1]. */
export class ReconstructionErrors {
  private readonly values: number;
  private images = 0;
  private squared = 0;
  private absolute = 0;
  private crossEntropy = 0;

  constructor(values: number) {
    this.values = values;
  }

  /** `originals` and `reconstructions` are [n, values], row-major. */
  add(originals: Float32Array, reconstructions: Float32Array): void {
    if (originals.length !== reconstructions.length || originals.length % this.values !== 0) {
      throw new RangeError(
        `reconstruction error: ${originals.length} and ${reconstructions.length} values are not images of ${this.values} pixels`,
      );
    }
    let [squared, absolute, crossEntropy] = [0, 0, 0];
    // Σ ln(1 − x̂) is the logarithm of a product: one logarithm for many pixels.
    let product = 1;
    for (let i = 0; i < originals.length; i++) {
      const x = originals[i]!;
      const y = reconstructions[i]!;
      const error = x - y;
      squared += error * error;
      absolute += Math.abs(error);
      const p = Math.min(Math.max(y, BCE_MARGIN), 1 - BCE_MARGIN);
      const rest = 1 - p;
      // −x ln x̂ − (1 − x) ln(1 − x̂) = −ln(1 − x̂) − x ln(x̂ / (1 − x̂))
      product *= rest;
      if (product < LEAST_PRODUCT) {
        crossEntropy -= Math.log(product);
        product = 1;
      }
      if (x !== 0) crossEntropy -= x * Math.log(p / rest);
    }
    this.squared += squared;
    this.absolute += absolute;
    this.crossEntropy += crossEntropy - Math.log(product);
    this.images += originals.length / this.values;
  }

  result(): PixelErrors {
    if (this.images === 0) {
      throw new HourglassError('data', { subject: 'evaluation', rule: 'needs at least one image', got: 0 });
    }
    const perImage = 1 / this.images;
    const perPixel = perImage / this.values;
    return {
      squaredErrorPerImage: this.squared * perImage,
      mse: this.squared * perPixel,
      mae: this.absolute * perPixel,
      bcePerImage: this.crossEntropy * perImage,
      bce: this.crossEntropy * perPixel,
    };
  }
}
