import type * as z from 'zod/mini';
import { add } from '../../../graph/index.ts';
import { largestOfBatch, prefixErrors } from '../../../nn/index.ts';
import type { CodeBuilder } from '../kind.ts';
import { type matryoshkaSchema, PREFIXES, prefixesOf } from '../matryoshka.ts';
import { dictionary, sparseCode } from './sparse.ts';

export const matryoshkaBuilder = {
  type: 'matryoshka',
  make: (net, x, config) =>
    sparseCode(net, x, config, (h) => {
      const code = largestOfBatch(net, h, config.k, config.momentum);
      const prefixes = prefixesOf(config);
      return {
        code,
        parts: (net, { image }) =>
          net.within(PREFIXES, () => [
            {
              name: PREFIXES,
              definition: `squared error of reconstructions from the first ${prefixes.join(', ')} units alone, summed over values and over these, mean over images`,
              unit: 'SE per image',
              weight: 1,
              couplesImages: false,
              symbol: net.mean(prefixErrors(net, { code, image }, prefixes).reduce(add)),
            },
          ]),
      };
    }),
  output: dictionary,
  prior: null,
} as const satisfies CodeBuilder<z.infer<typeof matryoshkaSchema>>;
