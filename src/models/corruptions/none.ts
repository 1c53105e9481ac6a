import * as z from 'zod/mini';
import type { CorruptionFacts } from './kind.ts';

const schema = z.strictObject({ type: z.literal('none') });

export const none = {
  type: 'none',
  schema,
  couplesImages: false,
  words: () => 'none',
} as const satisfies CorruptionFacts<z.infer<typeof schema>>;
