/** A dense code: one layer of units, each a number of its own. */
import * as z from 'zod/mini';
import { activate, dense, dropout } from '../../nn/index.ts';
import { activationSchema, biasSchema, rateSchema, slopeSchema, unitsSchema } from '../settings.ts';
import type { CodeKind } from './kind.ts';

export const codeDropout = z
  ._default(rateSchema, 0)
  .check(z.describe('dropout on the code, in training only'));

const schema = z
  .strictObject({
    type: z._default(z.optional(z.literal('dense')), 'dense'),
    units: unitsSchema,
    activation: z._default(activationSchema, 'identity'),
    slope: slopeSchema,
    bias: biasSchema,
    dropout: codeDropout,
  })
  .check(z.describe('the bottleneck: a dense layer of this many units'));

export const denseCode = {
  type: 'dense',
  schema,
  couplesImages: false,
  make(net, h, config, { initialiser }) {
    const plain = activate(dense(net, h, { ...config, initialiser }), config.activation, config.slope);
    return { value: dropout(net, plain, config.dropout), plain };
  },
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
} as const satisfies CodeKind<z.infer<typeof schema>>;
