import * as z from 'zod/mini';
import type { CorruptionFacts } from './kind.ts';

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
  words: ({ sigma }) => `Gaussian noise, σ ${sigma}`,
} as const satisfies CorruptionFacts<z.infer<typeof schema>>;
