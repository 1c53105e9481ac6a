import * as z from 'zod';
import { dropout } from '../../nn/index.ts';
import { rateSchema } from '../settings.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('dropout'), rate: rateSchema })
  .describe('sets elements to 0 at this rate, in training only');

export const dropoutLayer = {
  type: 'dropout',
  schema,
  takes: 'either',
  isSpatial: false,
  sees: null,
  couplesImages: false,
  apply: (net, x, { rate }) => dropout(net, x, rate),
  short: () => null,
  divides: () => 1,
} as const satisfies LayerKind<z.infer<typeof schema>>;
