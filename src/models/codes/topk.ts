/** A sparse code (Gao et al., 2024): the k largest units of each image, and 0 for all others. */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';
import {
  activeSchema,
  requireDictionary,
  requireFewer,
  revivalSchema,
  sparseFacts,
} from './sparse-settings.ts';

export const topkSchema = z
  .strictObject({
    type: z.literal('topk'),
    units: unitsSchema,
    k: activeSchema('the units of each image that are kept; all others are 0'),
    revival: revivalSchema,
  })
  .check(z.describe('a sparse code: the k largest units of each image, and a dictionary of directions'));

export const topkFacts = {
  type: 'topk',
  schema: topkSchema,
  ...sparseFacts,
  check({ units, k }, { model }) {
    requireDictionary('topk', model);
    requireFewer(units, k);
  },
} as const satisfies CodeFacts<z.infer<typeof topkSchema>>;
