import * as z from 'zod/mini';
import type { CorruptionKind } from './kind.ts';

const schema = z.strictObject({ type: z.literal('none') });

export const none = {
  type: 'none',
  schema,
  couplesImages: false,
  apply: (_, image) => image,
  words: () => 'none',
} as const satisfies CorruptionKind<z.infer<typeof schema>>;
