/** A dense code: one layer of units, each a number of its own. */
import * as z from 'zod/mini';
import { activationSchema, biasSchema, rateSchema, slopeSchema, unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';

export const codeDropout = z
  ._default(rateSchema, 0)
  .check(z.describe('dropout on the code, in training only'));

export const denseSchema = z
  .strictObject({
    type: z._default(z.optional(z.literal('dense')), 'dense'),
    units: unitsSchema,
    activation: z._default(activationSchema, 'identity'),
    slope: slopeSchema,
    bias: biasSchema,
    dropout: codeDropout,
  })
  .check(z.describe('the bottleneck: a dense layer of this many units'));

export const denseFacts = {
  type: 'dense',
  schema: denseSchema,
  couplesImages: false,
  traits: ({ activation }) => ({
    hasVariance: false,
    rate: null,
    activation,
    range: activation === 'sigmoid' ? [0, 1] : null,
    isDense: true,
    inEpochs: [],
  }),
  prior: null,
  outputs: {},
  isSampled: false,
  partNames: {},
} as const satisfies CodeFacts<z.infer<typeof denseSchema>>;
