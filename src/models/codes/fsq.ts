/** Finite scalar quantisation (Mentzer et al., 2024): each unit is one of a few whole numbers. */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';

export const fsqSchema = z
  .strictObject({
    type: z.literal('fsq'),
    units: unitsSchema,
    levels: z
      ._default(z.int().check(z.minimum(2), z.maximum(256)), 8)
      .check(z.describe('the whole numbers that a unit can be: 8 means 0 to 7, which are 3 bits')),
  })
  .check(
    z.describe(
      'finite scalar quantisation: each unit is rounded to one of a few whole numbers; after maps, so many units for each position',
    ),
  );

export const fsqFacts = {
  type: 'fsq',
  schema: fsqSchema,
  couplesImages: false,
  traits: ({ levels }) => ({
    hasVariance: false,
    rate: null,
    activation: null,
    range: [0, levels - 1],
    isDense: false,
    inEpochs: [],
    symbols: { each: 'unit', count: levels },
  }),
  prior: null,
  outputs: {},
  isSampled: false,
  partNames: {},
} as const satisfies CodeFacts<z.infer<typeof fsqSchema>>;
