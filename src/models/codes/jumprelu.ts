/** A sparse code (Rajamanoharan et al., 2024): units above a threshold of their own, which is learned, and a price for each. */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';
import { partNames, requireDictionary, revivalSchema, sparseFacts, sparseTraits } from './sparse-settings.ts';

const positive = (byDefault: number, words: string) =>
  z._default(z.number().check(z.positive()), byDefault).check(z.describe(words));
const notBelow0 = (byDefault: number, words: string) =>
  z._default(z.number().check(z.minimum(0)), byDefault).check(z.describe(words));

export const jumpreluSchema = z
  .strictObject({
    type: z.literal('jumprelu'),
    units: unitsSchema,
    l0: z
      .prefault(
        z.strictObject({
          weight: notBelow0(0.1, 'what each unit that is not 0 costs, next to the squared error of an image'),
          warmup: notBelow0(
            1,
            'epochs (a fraction will do) over which the weight rises from 0; validation has the full one',
          ),
        }),
        {},
      )
      .check(z.describe('the number of units that are not 0, mean over images')),
    threshold: positive(0.01, 'where the threshold of each unit begins; it stays above 0'),
    bandwidth: positive(
      0.05,
      'the width of the kernel by which thresholds learn: values within half of it count for their gradient',
    ),
    revival: revivalSchema,
  })
  .check(
    z.describe(
      'a sparse code: units above a learned threshold, a price for each, and a dictionary of directions',
    ),
  );

/** Its part of the loss. */
export const L0 = 'l0';

export const jumpreluFacts = {
  type: 'jumprelu',
  schema: jumpreluSchema,
  ...sparseFacts,
  traits: () => ({ ...sparseTraits, inEpochs: ['l0.warmup'] }),
  partNames: { [L0]: 'L0 of the code', ...partNames },
  check: (_, { model }) => requireDictionary('jumprelu', model),
} as const satisfies CodeFacts<z.infer<typeof jumpreluSchema>>;
