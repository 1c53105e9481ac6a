import * as z from 'zod';
import { batchNorm } from '../../nn/index.ts';
import type { LayerKind } from './kind.ts';

const schema = z
  .strictObject({
    type: z.literal('batchNorm'),
    momentum: z
      .number()
      .min(0)
      .lt(1)
      .default(0.9)
      .describe(
        'the share of the running mean and variance that a training step keeps; the rest is the batch. Validation and the trained model use the running ones',
      ),
    epsilon: z
      .number()
      .positive()
      .default(1e-5)
      .describe('added to the variance, so that a constant feature does not divide by 0'),
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
