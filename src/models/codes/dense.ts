/** A dense code: one layer of units, each a number of its own. */
import * as z from 'zod';
import { activate, dense, dropout } from '../../nn/index.ts';
import { activationSchema, biasSchema, rateSchema, slopeSchema, unitsSchema } from '../settings.ts';
import type { CodeKind } from './kind.ts';

export const codeDropout = rateSchema.default(0).describe('dropout on the code, in training only');

const schema = z
  .strictObject({
    type: z.literal('dense').optional().default('dense'),
    units: unitsSchema,
    activation: activationSchema.default('identity'),
    slope: slopeSchema,
    bias: biasSchema,
    dropout: codeDropout,
  })
  .describe('the bottleneck: a dense layer of this many units');

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
