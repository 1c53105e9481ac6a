import * as z from 'zod';
import { upsample } from '../../nn/index.ts';
import { factorSchema } from '../settings.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('upsample'), factor: z._default(factorSchema, 2) })
  .describe('repeats each element factor × factor times');

export const upsampleLayer = {
  type: 'upsample',
  schema,
  takes: 'maps',
  isSpatial: true,
  sees: null,
  couplesImages: false,
  apply: (net, x, { factor }) => upsample(net, x, factor),
  short: ({ factor }) => `up${factor}`,
  divides: () => 1,
  multiplies: ({ factor }) => factor,
} as const satisfies LayerKind<z.infer<typeof schema>>;
