import type * as z from 'zod/mini';
import { HourglassError } from '../../../errors.ts';
import { formatShape } from '../../../graph/index.ts';
import { dropout } from '../../../nn/index.ts';
import type { CodeBuilder } from '../kind.ts';
import type { mapsSchema } from '../maps.ts';

export const mapsBuilder = {
  type: 'maps',
  make(net, h, config) {
    if (h.shape.length === 4) return { value: dropout(net, h, config.dropout), plain: h };
    throw new HourglassError('usage', {
      subject: 'model.code',
      rule: "of type 'maps' needs an encoder that ends in maps",
      got: formatShape(h.shape),
      hint: "set its type to 'dense', or end the encoder in a conv or maxPool layer",
    });
  },
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof mapsSchema>>;
