import * as z from 'zod/mini';
import { corruptionRate } from '../settings.ts';
import { type CorruptionFacts, percent } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('saltAndPepper'), rate: corruptionRate })
  .check(z.describe('sets pixels to 0 or to 1'));

export const saltAndPepper = {
  type: 'saltAndPepper',
  schema,
  couplesImages: false,
  unitRange: true,
  words: ({ rate }) => `salt-and-pepper noise, ${percent(rate)} of the pixels`,
} as const satisfies CorruptionFacts<z.infer<typeof schema>>;
