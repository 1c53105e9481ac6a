/**
 * A vector-quantised code (van den Oord et al., 2017): each few units are one vector of a codebook. With several stages it is the
 * sum of one vector of each of several codebooks (residual vector quantisation; Zeghidour et al., 2021). A code is then the
 * vectors of all stages side by side, stage after stage, so that each can be told from it, and the decoder takes their sum.
 */
import * as z from 'zod/mini';
import { unitsSchema } from '../settings.ts';
import type { CodeFacts } from './kind.ts';

const share = (byDefault: number, words: string) =>
  z._default(z.number().check(z.minimum(0), z.lt(1)), byDefault).check(z.describe(words));

export const vqSchema = z
  .strictObject({
    type: z.literal('vq'),
    units: unitsSchema,
    width: z
      ._default(z.int().check(z.minimum(1), z.maximum(4096)), 4)
      .check(z.describe('the numbers of one vector; units is a multiple of it')),
    stages: z
      ._default(z.int().check(z.minimum(1), z.maximum(32)), 1)
      .check(
        z.describe(
          'codebooks one after the other, each for what the last left (residual vector quantisation); a position is then as many whole numbers',
        ),
      ),
    entries: z
      ._default(z.int().check(z.minimum(2), z.maximum(65_536)), 256)
      .check(z.describe('the vectors of the codebook: 256 are 8 bits for each position')),
    commitment: z
      .prefault(
        z.strictObject({
          weight: z
            ._default(z.number().check(z.minimum(0)), 0.25)
            .check(z.describe('what it is multiplied by in the loss')),
        }),
        {},
      )
      .check(z.describe('the squared distance of the encoder from the vectors that it is given')),
    decay: share(
      0.99,
      'how much of a vector of the codebook a step keeps; the rest is the mean of what chose it',
    ),
    restartBelow: share(
      0.1,
      'a vector with less than this share of an even use takes the place of a random code of the batch',
    ),
  })
  .check(
    z.describe(
      'vector quantisation: each few units are replaced by the nearest vector of a learned codebook; after maps, for each position',
    ),
  );

/** Its part of the loss. */
export const COMMITMENT = 'commitment';

/** What the second stage and later ones are named after. */
export const stageName = (stage: number): string => `stage${stage}`;

export const vqFacts = {
  type: 'vq',
  schema: vqSchema,
  couplesImages: true,
  traits: ({ entries, width, stages }) => ({
    hasVariance: false,
    rate: null,
    activation: null,
    range: null,
    isDense: false,
    inEpochs: [],
    symbols: { each: 'position', count: entries, width, ...(stages > 1 ? { stages } : {}) },
  }),
  prior: null,
  outputs: {
    index: {
      words:
        'the number of the codebook vector at each position, of each stage where there are several, a whole number',
      perUnit: false,
    },
  },
  isSampled: false,
  partNames: { [COMMITMENT]: 'commitment' },
} as const satisfies CodeFacts<z.infer<typeof vqSchema>>;
