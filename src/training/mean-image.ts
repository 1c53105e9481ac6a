import type { Images } from './workspace.ts';

/** The mean of images, [pixels], in [0, 1]. Summed in whole numbers: the same bits for the same images. */
export function meanImage({ pixels, count }: Images): Float32Array {
  const size = pixels.length / count;
  const sums = new Float64Array(size);
  for (let start = 0; start < pixels.length; start += size) {
    for (let i = 0; i < size; i++) sums[i]! += pixels[start + i]!;
  }
  return Float32Array.from(sums, (sum) => sum / count / 255);
}

/**
 * How much images differ: the squared distance to their mean, summed over an image's values in [0, 1], mean over
 * images. It is the squared error per image of the mean image on them.
 */
export function spread({ pixels, count }: Images): number {
  const size = pixels.length / count;
  let result = 0;
  for (let i = 0; i < size; i++) {
    let [sum, squares] = [0, 0];
    for (let place = i; place < pixels.length; place += size) {
      const byte = pixels[place]!;
      sum += byte;
      squares += byte * byte;
    }
    result += squares / count - (sum / count) ** 2;
  }
  return result / 255 ** 2;
}
