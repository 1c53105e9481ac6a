import * as z from 'zod';
import { activate } from '../../nn/index.ts';
import { activationSchema, slopeSchema } from '../settings.ts';
import type { LayerKind } from './kind.ts';

const schema = z.strictObject({
  type: z.literal('activation'),
  activation: activationSchema,
  slope: slopeSchema,
});

export const activationLayer = {
  type: 'activation',
  schema,
  takes: 'either',
  isSpatial: false,
  sees: null,
  couplesImages: false,
  apply: (_, x, { activation, slope }) => activate(x, activation, slope),
  short: () => null,
  divides: () => 1,
} as const satisfies LayerKind<z.infer<typeof schema>>;
