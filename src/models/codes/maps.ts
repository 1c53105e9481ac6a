/** The encoder's last maps as the code. */
import * as z from 'zod/mini';
import { HourglassError } from '../../errors.ts';
import { formatShape } from '../../graph/index.ts';
import { dropout } from '../../nn/index.ts';
import { codeDropout } from './dense.ts';
import type { CodeKind } from './kind.ts';

const schema = z
  .strictObject({ type: z.literal('maps'), dropout: codeDropout })
  .check(z.describe("the encoder's last maps themselves, as 32 maps of 7×7"));

export const mapsCode = {
  type: 'maps',
  schema,
  couplesImages: false,
  make(net, h, config) {
    if (h.shape.length === 4) return { value: dropout(net, h, config.dropout), plain: h };
    throw new HourglassError('usage', {
      subject: 'model.code',
      rule: "of type 'maps' needs an encoder that ends in maps",
      got: formatShape(h.shape),
      hint: "set its type to 'dense', or end the encoder in a conv or maxPool layer",
    });
  },
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
} as const satisfies CodeKind<z.infer<typeof schema>>;
