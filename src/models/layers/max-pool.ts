import * as z from 'zod';
import { maxPool } from '../../nn/index.ts';
import { factorSchema } from '../settings.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('maxPool'), size: z._default(factorSchema, 2) })
  .describe('keeps the largest of each window of size × size');

export const maxPoolLayer = {
  type: 'maxPool',
  schema,
  takes: 'maps',
  isSpatial: true,
  sees: null,
  couplesImages: false,
  apply: (net, x, { size }) => maxPool(net, x, size),
  short: ({ size }) => `pool${size}`,
  divides: ({ size }) => size,
} as const satisfies LayerKind<z.infer<typeof schema>>;
