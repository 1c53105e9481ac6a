/** A sparse code (Bussmann et al., 2024): k units for each image on average, those with the largest values of the batch. */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';
import {
  activeSchema,
  momentumSchema,
  requireDictionary,
  requireFewer,
  revivalSchema,
  sparseFacts,
} from './sparse-settings.ts';

export const batchTopkSchema = z
  .strictObject({
    type: z.literal('batchTopk'),
    units: unitsSchema,
    k: activeSchema('the units that are kept for each image on average; an image may have more or fewer'),
    momentum: momentumSchema,
    revival: revivalSchema,
  })
  .check(
    z.describe(
      'a sparse code: the largest units of the whole batch, k for each image on average, and a dictionary of directions',
    ),
  );

export const batchTopkFacts = {
  type: 'batchTopk',
  schema: batchTopkSchema,
  ...sparseFacts,
  check({ units, k }, { model }) {
    requireDictionary('batchTopk', model);
    requireFewer(units, k);
  },
} as const satisfies CodeFacts<z.infer<typeof batchTopkSchema>>;
