import * as z from 'zod/mini';
import type { CorruptionFacts } from './kind.ts';

const deviation = (words: string) => z.number().check(z.minimum(1e-4), z.maximum(100), z.describe(words));

const schema = z
  .strictObject({
    type: z.literal('multiscaleGaussian'),
    least: deviation('the smallest standard deviation, in units of the scaled values'),
    greatest: deviation('the greatest standard deviation, in units of the scaled values'),
  })
  .check(
    z.refine(({ least, greatest }) => least <= greatest, {
      error: 'least must not be above greatest',
      path: ['least'],
    }),
    z.describe(
      'adds normal noise to each value, without clipping; each sample has its own standard deviation, log-uniform between least and greatest',
    ),
  );

export const multiscaleGaussian = {
  type: 'multiscaleGaussian',
  schema,
  couplesImages: false,
  words: ({ least, greatest }) => `Gaussian noise, σ from ${least} to ${greatest}`,
} as const satisfies CorruptionFacts<z.infer<typeof schema>>;
