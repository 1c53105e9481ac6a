/** How smooth images are: their total variation, the sum of |difference| of neighbouring pixels, per pair. */
import { HourglassError } from '../errors.ts';

export const TOTAL_VARIATION_DEFINITION =
  'absolute difference of pixels that are neighbours in a row or in a column, mean over all such pairs and over images';

/**
 * Adds up the (anisotropic) total variation of images seen a piece at a time. 0 for images of one grey, 1 for a
 * chessboard of 0 and 1.
 */
export class TotalVariation {
  private readonly height: number;
  private readonly width: number;
  private images = 0;
  private sum = 0;

  /** Of images of `height` × `width` pixels; one pixel alone has no neighbours. */
  constructor(height: number, width: number) {
    const whole = [height, width].every((side) => Number.isInteger(side) && side > 0);
    if (!whole || height * width < 2) {
      throw new HourglassError('data', {
        subject: 'total variation',
        rule: 'needs images of at least two pixels',
        got: `${height} × ${width}`,
      });
    }
    this.height = height;
    this.width = width;
  }

  /** `images` is [n, height, width], row-major, in [0, 1]. */
  add(images: Float32Array): void {
    const { height, width } = this;
    const pixels = height * width;
    if (images.length % pixels !== 0) {
      throw new HourglassError('data', {
        subject: 'total variation',
        rule: `needs whole images of ${height} × ${width} pixels`,
        got: `${images.length} values`,
      });
    }
    for (let start = 0; start < images.length; start += pixels) {
      for (let i = 0; i < pixels; i++) {
        const value = images[start + i]!;
        if ((i + 1) % width !== 0) this.sum += Math.abs(value - images[start + i + 1]!);
        if (i + width < pixels) this.sum += Math.abs(value - images[start + i + width]!);
      }
    }
    this.images += images.length / pixels;
  }

  /** Mean over images of the mean over neighbouring pairs of |difference|: {@link TOTAL_VARIATION_DEFINITION}. */
  result(): number {
    if (this.images === 0) {
      throw new HourglassError('data', {
        subject: 'total variation',
        rule: 'needs at least one image',
        got: 0,
      });
    }
    const pairs = this.height * (this.width - 1) + (this.height - 1) * this.width;
    return this.sum / (pairs * this.images);
  }
}
