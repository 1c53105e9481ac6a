/** How the images of an epoch, in their shuffled order, are cut into batches. */
import { HourglassError } from '../errors.ts';

export interface Batches {
  /** Steps of an epoch. */
  count: number;
  /** Where the batch of a step begins in the epoch's order; of the step after the last: the number of images. */
  start(step: number): number;
  end(step: number): number;
}

/**
 * Batches of `batchSize` images, the last one smaller. With `needsPairs` no batch has one image: a lone last image
 * joins the batch before it, which then has `batchSize` + 1.
 * @throws HourglassError (usage, data) if `needsPairs` cannot be met.
 */
export function batchesOf(images: number, batchSize: number, needsPairs: boolean): Batches {
  if (needsPairs) requirePairs(images, batchSize);
  const isLone = needsPairs && images % batchSize === 1;
  const count = Math.ceil(images / batchSize) - Number(isLone);
  const start = (step: number) => (step >= count ? images : step * batchSize);
  return { count, start, end: (step) => start(step + 1) };
}

function requirePairs(images: number, batchSize: number): void {
  const rule = 'must be at least 2 with batch normalisation: the variance of one image is 0';
  if (batchSize < 2) {
    throw new HourglassError('usage', {
      subject: 'training.batchSize',
      rule,
      got: batchSize,
      hint: 'set training.batchSize=32, or leave the batchNorm layers out',
    });
  }
  if (images < 2) {
    throw new HourglassError('data', {
      subject: 'training images',
      rule,
      got: images,
      hint: 'add images, or leave the batchNorm layers out',
    });
  }
}
