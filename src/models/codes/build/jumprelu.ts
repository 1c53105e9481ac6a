import type * as z from 'zod/mini';
import { jumpRelu } from '../../../nn/index.ts';
import { type jumpreluSchema, L0 } from '../jumprelu.ts';
import type { CodeBuilder } from '../kind.ts';
import { dictionary, sparseCode } from './sparse.ts';

export const jumpreluBuilder = {
  type: 'jumprelu',
  make: (net, x, config) =>
    sparseCode(net, x, config, (h) => {
      const { code, active } = jumpRelu(net, h, config);
      const { weight, warmup } = config.l0;
      const rising = warmup === 0 ? '' : `; in training its weight rises over the first ${warmup} epochs`;
      return {
        code,
        parts: (net) =>
          net.within(L0, () => [
            {
              name: L0,
              definition: `units of the code that are not 0, mean over images${rising}`,
              unit: 'units per image',
              weight,
              couplesImages: false,
              symbol: net.mean(active),
              scheduled: net.schedule('weight', weight, (epochs) =>
                warmup === 0 ? weight : weight * Math.min(1, epochs / warmup),
              ),
            },
          ]),
      };
    }),
  output: dictionary,
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof jumpreluSchema>>;
