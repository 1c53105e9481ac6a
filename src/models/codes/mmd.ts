/** A code whose draws over all images are to follow N(0, I), by maximum mean discrepancy: WAE-MMD (Tolstikhin et al., 2018). */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import { aggregatedFacts } from './aggregated.ts';
import type { CodeFacts } from './kind.ts';

/** Those of the authors' program. */
const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10];

export const mmdSchema = z
  .strictObject({
    type: z.literal('mmd'),
    units: unitsSchema,
    discrepancy: z
      .prefault(
        z.strictObject({
          weight: z
            ._default(z.number().check(z.minimum(0)), 10)
            .check(z.describe('what it is multiplied by in the loss')),
          scales: z
            ._default(z.array(z.number().check(z.positive())).check(z.minLength(1), z.maxLength(32)), SCALES)
            .check(
              z.describe(
                'kernels C / (C + ‖a − b‖²), one for each: C is this times twice the number of units',
              ),
            ),
        }),
        {},
      )
      .check(z.describe('how far the codes of a batch are from draws of N(0, I), by kernels')),
  })
  .check(z.describe('codes that follow N(0, I) over all images, by maximum mean discrepancy (WAE-MMD)'));

/** Its part of the loss. */
export const DISCREPANCY = 'discrepancy';

export const mmdFacts = {
  type: 'mmd',
  schema: mmdSchema,
  ...aggregatedFacts,
  partNames: { [DISCREPANCY]: 'discrepancy from N(0, I)' },
} as const satisfies CodeFacts<z.infer<typeof mmdSchema>>;
