/** A RealNVP (Dinh et al., 2017) as the prior: N(0, I) behind affine coupling layers that are learned. */
import * as z from 'zod/mini';
import { HourglassError } from '../../../errors.ts';
import type { PriorKind } from './kind.ts';

export const realnvpSchema = z
  .strictObject({
    type: z.literal('realnvp'),
    layers: z
      ._default(z.int().check(z.minimum(1), z.maximum(64)), 8)
      .check(z.describe('coupling layers; each moves half of the units, given the other half')),
    width: z
      ._default(z.int().check(z.minimum(1), z.maximum(4096)), 128)
      .check(z.describe('units in each of the two hidden layers of a coupling layer')),
  })
  .check(z.describe('a normal distribution behind invertible layers that are learned (RealNVP)'));

export type RealnvpConfig = z.infer<typeof realnvpSchema>;

export const realnvpPrior = {
  type: 'realnvp',
  schema: realnvpSchema,
  facts: ({ layers }) => ({
    name: layers === 1 ? 'RealNVP of 1 layer' : `RealNVP of ${layers} layers`,
    isStandardNormal: false,
  }),
  check(_config, { units }) {
    if (units >= 2) return;
    throw new HourglassError('usage', {
      subject: 'model.code.prior',
      rule: 'of type realnvp moves half of the units given the other half: it needs 2 or more',
      got: `model.code.units ${units}`,
      hint: 'set model.code.units=2 or more, or model.code.prior.type=vamp',
    });
  },
} as const satisfies PriorKind<RealnvpConfig>;
