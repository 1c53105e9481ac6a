import * as z from 'zod/mini';
import type { PriorKind } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('standard') })
  .check(z.describe('N(0, I): nothing is learned'));

export const standardPrior = {
  type: 'standard',
  schema,
  facts: () => ({ name: 'N(0, I)', isStandardNormal: true }),
} as const satisfies PriorKind<z.infer<typeof schema>>;
