import * as z from 'zod/mini';
import { maskingNoise } from '../../nn/index.ts';
import { corruptionRate } from '../settings.ts';
import { type CorruptionKind, percent } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('masking'), rate: corruptionRate })
  .check(z.describe('sets pixels to 0'));

export const masking = {
  type: 'masking',
  schema,
  couplesImages: false,
  apply: (net, image, { rate }) => maskingNoise(net, image, rate),
  words: ({ rate }) => `masking noise, ${percent(rate)} of the pixels`,
} as const satisfies CorruptionKind<z.infer<typeof schema>>;
