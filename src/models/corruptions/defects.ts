import * as z from 'zod/mini';
import { type CorruptionFacts, percent } from './kind.ts';

/** A size, as a share of the shorter side. */
const share = z.number().check(z.gt(0), z.maximum(1));

const schema = z
  .strictObject({
    type: z.literal('defects'),
    clean: z
      ._default(z.number(), 0.25)
      .check(z.minimum(0), z.maximum(1), z.describe('the share of the images that are left clean')),
    size: z._default(z.tuple([share, share]), [0.02, 0.3]).check(
      z.refine(([least, greatest]) => least <= greatest, {
        error: 'must be the least and then the greatest size',
      }),
      z.describe('the least and the greatest size of a defect, as a share of the shorter side'),
    ),
  })
  .check(
    z.describe(
      'draws defects into images: spots, scratches and patches of another brightness or grain, or moved from elsewhere in the picture',
    ),
  );

export const defects = {
  type: 'defects',
  schema,
  couplesImages: false,
  unitRange: true,
  imagesOnly: true,
  isLocal: true,
  words: ({ clean, size: [least, greatest] }) =>
    `made defects of ${percent(least)} to ${percent(greatest)} of the shorter side, ${percent(clean)} of the images left clean`,
} as const satisfies CorruptionFacts<z.infer<typeof schema>>;
