import * as z from 'zod';
import { activate, dense } from '../../nn/index.ts';
import { activationSchema, biasSchema, slopeSchema, unitsSchema } from '../settings.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({
    type: z.literal('dense'),
    units: unitsSchema,
    activation: z._default(activationSchema, 'identity'),
    slope: slopeSchema,
    bias: biasSchema,
  })
  .describe('every unit sees every input: x · W + b, then the activation');

export const denseLayer = {
  type: 'dense',
  schema,
  takes: 'rows',
  isSpatial: false,
  sees: 'all',
  couplesImages: false,
  apply: (net, x, layer, context) =>
    activate(dense(net, x, { ...layer, ...context }), layer.activation, layer.slope),
  short: ({ units }) => String(units),
  divides: () => 1,
} as const satisfies LayerKind<z.infer<typeof schema>>;
