import * as z from 'zod/mini';
import { corruptionRate } from '../settings.ts';
import { type CorruptionFacts, percent } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('masking'), rate: corruptionRate })
  .check(z.describe('sets pixels to 0'));

export const masking = {
  type: 'masking',
  schema,
  couplesImages: false,
  words: ({ rate }) => `masking noise, ${percent(rate)} of the pixels`,
} as const satisfies CorruptionFacts<z.infer<typeof schema>>;
