import * as z from 'zod/mini';
import { saltAndPepper as flipped } from '../../nn/index.ts';
import { corruptionRate } from '../settings.ts';
import { type CorruptionKind, percent } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('saltAndPepper'), rate: corruptionRate })
  .check(z.describe('sets pixels to 0 or to 1'));

export const saltAndPepper = {
  type: 'saltAndPepper',
  schema,
  couplesImages: false,
  unitRange: true,
  apply: (net, image, { rate }) => flipped(net, image, rate),
  words: ({ rate }) => `salt-and-pepper noise, ${percent(rate)} of the pixels`,
} as const satisfies CorruptionKind<z.infer<typeof schema>>;
