/** Images from which nothing can be learned: all alike, of one shade, or with most of their bits unused. */
import type { LabelledImages } from '../dataset.ts';

/** Values that differ by no more are the same except for the noise of a lossy format. */
const TOLERANCE = 2;

/** A sentence if all images are alike, otherwise nothing. It stops at the first pixel that differs. */
export function nothingToLearn({ images, count }: LabelledImages): string[] {
  const size = images.length / count;
  for (let i = size; i < images.length; i++) {
    if (Math.abs(images[i]! - images[i % size]!) > TOLERANCE) return [];
  }
  const first = images.subarray(0, size);
  const shade = first[0]!;
  const isFlat = first.every((value) => Math.abs(value - shade) <= TOLERANCE);
  const which = shade <= TOLERANCE ? 'black' : shade >= 255 - TOLERANCE ? 'white' : 'of one shade';
  const what = isFlat ? which : 'alike';
  return [
    `all ${count.toLocaleString('en')} training images are ${what}: there is nothing to learn; check the files and what was done to them`,
  ];
}

/** A sentence if images of 16 bits use so few of them that they are nearly black. */
export function unusedBits(peak: number | null): string[] {
  if (peak === null) return [];
  const bits = [10, 12, 14].find((n) => peak < 2 ** n);
  if (bits === undefined) return [];
  return [
    `the images have 16 bits a channel, but no value above ${peak.toLocaleString('en')} of 65,535, so they are nearly black: set data.range=${2 ** bits - 1} if they are of ${bits} bits`,
  ];
}
