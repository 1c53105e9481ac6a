import * as z from 'zod/mini';
import { additiveNoise } from '../../nn/index.ts';
import type { CorruptionKind } from './kind.ts';

const schema = z
  .strictObject({
    type: z.literal('gaussian'),
    sigma: z
      .number()
      .check(z.minimum(0), z.maximum(10), z.describe('standard deviation, for pixels in [0, 1]')),
  })
  .check(z.describe('adds normal noise to each pixel and clips to [0, 1]'));

export const gaussianNoise = {
  type: 'gaussian',
  schema,
  couplesImages: false,
  unitRange: true,
  apply: (net, image, { sigma }) => additiveNoise(net, image, sigma),
  words: ({ sigma }) => `Gaussian noise, σ ${sigma}`,
} as const satisfies CorruptionKind<z.infer<typeof schema>>;
