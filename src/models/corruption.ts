/** What is done to an image before the encoder sees it; the loss is against the clean image. */
import { z } from 'zod';
import type { Sym } from '../graph/index.ts';
import { gaussianNoise, maskingNoise, type Network, saltAndPepper } from '../nn/index.ts';

const rate = z.number().min(0).max(1).describe('the chance of a pixel to be corrupted');

export const corruptionSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z
      .strictObject({
        type: z.literal('gaussian'),
        sigma: z.number().min(0).max(10).describe('standard deviation, for pixels in [0, 1]'),
      })
      .describe('adds normal noise to each pixel and clips to [0, 1]'),
    z.strictObject({ type: z.literal('masking'), rate }).describe('sets pixels to 0'),
    z.strictObject({ type: z.literal('saltAndPepper'), rate }).describe('sets pixels to 0 or to 1'),
  ])
  .describe('fresh for each batch in training, fixed for validation and test');

export type CorruptionConfig = z.infer<typeof corruptionSchema>;

/** The corrupted image, [N, pixels], where the network's mode has noise; else the image. */
export function corrupt(net: Network, corruption: CorruptionConfig, image: Sym): Sym {
  if (net.mode === 'infer') return image;
  return net.within('corruption', () => {
    switch (corruption.type) {
      case 'none':
        return image;
      case 'gaussian':
        return gaussianNoise(net, image, corruption.sigma);
      case 'masking':
        return maskingNoise(net, image, corruption.rate);
      case 'saltAndPepper':
        return saltAndPepper(net, image, corruption.rate);
    }
  });
}

/** As a reader says it: "Gaussian noise, σ 0.4". */
export function describeCorruption(corruption: CorruptionConfig): string {
  const percent = (part: number) => `${Number((100 * part).toPrecision(3))} %`;
  switch (corruption.type) {
    case 'none':
      return 'none';
    case 'gaussian':
      return `Gaussian noise, σ ${corruption.sigma}`;
    case 'masking':
      return `masking noise, ${percent(corruption.rate)} of the pixels`;
    case 'saltAndPepper':
      return `salt-and-pepper noise, ${percent(corruption.rate)} of the pixels`;
  }
}
