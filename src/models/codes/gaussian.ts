/** A variational code (Kingma & Welling, 2014): a normal distribution for each unit, with the prior N(0, I). */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';

const positive = (byDefault: number, words: string) =>
  z._default(z.number().check(z.minimum(0)), byDefault).check(z.describe(words));

const klSchema = z
  .prefault(
    z.strictObject({
      weight: positive(1, 'β: above 1 it is a β-VAE'),
      warmup: positive(
        0,
        'epochs (a fraction will do) over which the weight rises from 0; validation has the full one',
      ),
      freeBits: positive(
        0,
        'nats that each unit may use for nothing: it counts at least so much for each image',
      ),
    }),
    {},
  )
  .check(z.describe('the KL divergence from the standard normal prior, summed over units, in nats'));

export const gaussianSchema = z
  .strictObject({ type: z.literal('gaussian'), units: unitsSchema, kl: klSchema })
  .check(z.describe('a variational code: a mean and a variance for each unit, z = μ + σ ε in training'));

/** Its part of the loss. */
export const KL = 'klDivergence';

export const gaussianFacts = {
  type: 'gaussian',
  schema: gaussianSchema,
  couplesImages: false,
  traits: ({ units, kl }) => ({
    hasVariance: true,
    rate: {
      part: KL,
      settings: 'model.code.kl',
      weight: kl.weight,
      warmup: kl.warmup,
      free: kl.freeBits * units,
    },
    activation: null,
    range: null,
    isDense: false,
    inEpochs: ['kl.warmup'],
  }),
  prior: {
    name: 'N(0, I)',
    isStandardNormal: true,
  },
  outputs: { logVariance: { words: 'the logarithm of the variance of the code', perUnit: true } },
  isSampled: true,
  partNames: { [KL]: 'KL divergence' },
} as const satisfies CodeFacts<z.infer<typeof gaussianSchema>>;
