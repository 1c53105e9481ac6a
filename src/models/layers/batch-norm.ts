import * as z from 'zod';
import { batchNorm } from '../../nn/index.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({
    type: z.literal('batchNorm'),
    momentum: z.number().min(0).lt(1).default(0.9),
    epsilon: z.number().positive().default(1e-5),
  })
  .describe(
    'normalises each feature (of maps: each channel) over the batch, which needs two images or more: a lone last one joins the batch before it',
  );

export const batchNormLayer = {
  type: 'batchNorm',
  schema,
  takes: 'either',
  isSpatial: false,
  sees: null,
  couplesImages: true,
  apply: (net, x, layer) => batchNorm(net, x, layer),
  short: () => null,
  divides: () => 1,
} as const satisfies LayerKind<z.infer<typeof schema>>;
