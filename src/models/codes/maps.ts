/** The encoder's last maps as the code. */
import * as z from 'zod/mini';
import { codeDropout } from './dense.ts';
import type { CodeFacts } from './kind.ts';

export const mapsSchema = z
  .strictObject({ type: z.literal('maps'), dropout: codeDropout })
  .check(z.describe("the encoder's last maps themselves, as 32 maps of 7×7"));

export const mapsFacts = {
  type: 'maps',
  schema: mapsSchema,
  couplesImages: false,
  traits: () => ({
    hasVariance: false,
    rate: null,
    activation: null,
    range: null,
    isDense: false,
    inEpochs: [],
  }),
  prior: null,
  outputs: {},
  isSampled: false,
  partNames: {},
} as const satisfies CodeFacts<z.infer<typeof mapsSchema>>;
