import * as z from 'zod';
import { reshape } from '../../nn/index.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({
    type: z.literal('reshape'),
    shape: z
      .array(z.int().min(1).max(65_536))
      .min(1)
      .max(3)
      .describe('of one image: [features], or [channels, height, width]'),
  })
  .describe('the same elements in another shape');

export const reshapeLayer = {
  type: 'reshape',
  schema,
  takes: 'rows',
  isSpatial: false,
  sees: null,
  couplesImages: false,
  apply: (net, x, { shape }) => reshape(net, x, shape),
  short: () => null,
  divides: () => 1,
} as const satisfies LayerKind<z.infer<typeof schema>>;
