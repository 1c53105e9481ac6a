/** How smooth images are: their total variation, the sum of |difference| of neighbouring pixels, per pair. */
import { HourglassError } from '../errors.ts';
import type { PlanarShape } from './structure.ts';

export const TOTAL_VARIATION_DEFINITION =
  'absolute difference of pixels that are neighbours in a row or in a column, mean over all such pairs, over channels and over images';

/**
 * Adds up the (anisotropic) total variation of images seen a piece at a time. 0 for images of one grey, 1 for a
 * chessboard of 0 and 1.
 */
export class TotalVariation {
  private readonly shape: PlanarShape;
  private planes = 0;
  private sum = 0;

  /** The values for one image shape. A single pixel has no neighbours. */
  constructor(shape: PlanarShape) {
    const { channels, height, width } = shape;
    const whole = [channels, height, width].every((side) => Number.isInteger(side) && side > 0);
    if (!whole || height * width < 2) {
      throw new HourglassError('data', {
        subject: 'total variation',
        rule: 'needs images of at least two pixels',
        got: `${channels} × ${height} × ${width}`,
      });
    }
    this.shape = shape;
  }

  /** `images` is [n, channels, height, width], row-major, in [0, 1]. */
  add(images: Float32Array): void {
    const { channels, height, width } = this.shape;
    if (images.length % (channels * height * width) !== 0) {
      throw new HourglassError('data', {
        subject: 'total variation',
        rule: `needs whole images of ${channels} × ${height} × ${width} values`,
        got: `${images.length} values`,
      });
    }
    const pixels = height * width;
    for (let start = 0; start < images.length; start += pixels) {
      for (let i = 0; i < pixels; i++) {
        const value = images[start + i]!;
        if ((i + 1) % width !== 0) this.sum += Math.abs(value - images[start + i + 1]!);
        if (i + width < pixels) this.sum += Math.abs(value - images[start + i + width]!);
      }
    }
    this.planes += images.length / pixels;
  }

  /** {@link TOTAL_VARIATION_DEFINITION} */
  result(): number {
    if (this.planes === 0) {
      throw new HourglassError('data', {
        subject: 'total variation',
        rule: 'needs at least one image',
        got: 0,
      });
    }
    const { height, width } = this.shape;
    const pairs = height * (width - 1) + (height - 1) * width;
    return this.sum / (pairs * this.planes);
  }
}
