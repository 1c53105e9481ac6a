/** A code whose draws over all images are to follow N(0, I), by a discriminator: an adversarial autoencoder (Makhzani et al., 2016). */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import { aggregatedFacts } from './aggregated.ts';
import type { CodeFacts } from './kind.ts';

export const adversarialSchema = z
  .strictObject({
    type: z.literal('adversarial'),
    units: unitsSchema,
    adversary: z
      .prefault(
        z.strictObject({
          weight: z
            ._default(z.number().check(z.minimum(0)), 1)
            .check(z.describe("what the encoder's loss against it is multiplied by")),
          smoothness: z
            ._default(z.number().check(z.minimum(0)), 1)
            .check(
              z.describe('what its squared gradient is multiplied by: it keeps it from turning too steep'),
            ),
          layers: z
            ._default(z.int().check(z.minimum(1), z.maximum(8)), 2)
            .check(z.describe('its hidden layers')),
          width: z
            ._default(z.int().check(z.minimum(1), z.maximum(4096)), 256)
            .check(z.describe('units of each')),
        }),
        {},
      )
      .check(
        z.describe(
          'the discriminator, which tells codes from draws of N(0, I): it learns in the same steps and is not shipped',
        ),
      ),
  })
  .check(z.describe('codes that follow N(0, I) over all images, by a discriminator (adversarial)'));

/** Its parts of the loss: what moves the encoder, and two that move the discriminator. */
export const AGAINST = 'adversarial';
export const DISCRIMINATOR = 'discriminator';
export const STEEPNESS = 'discriminatorGradient';

export const adversarialFacts = {
  type: 'adversarial',
  schema: adversarialSchema,
  ...aggregatedFacts,
  traits: ({ adversary: { weight } }) => ({
    ...aggregatedFacts.traits(),
    opponent: {
      part: DISCRIMINATOR,
      settings: 'model.code.adversary',
      weight,
      chance: 2 * Math.LN2,
    },
  }),
  partNames: {
    [AGAINST]: 'adversarial loss',
    [DISCRIMINATOR]: "discriminator's loss",
    [STEEPNESS]: "discriminator's gradient",
  },
} as const satisfies CodeFacts<z.infer<typeof adversarialSchema>>;
