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
