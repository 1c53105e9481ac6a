import type * as z from 'zod/mini';
import { add, mul, reduceSum, square } from '../../../graph/index.ts';
import { dense, normalKl, sampleNormal } from '../../../nn/index.ts';
import { type gaussianSchema, KL } from '../gaussian.ts';
import type { CodeBuilder } from '../kind.ts';

export const gaussianBuilder = {
  type: 'gaussian',
  make(net, h, { units, kl }, { initialiser }) {
    const head = (name: string) => net.within(name, () => dense(net, h, { units, bias: true, initialiser }));
    const normal = { mean: head('mean'), logVariance: head('logVariance') };
    const { weight, warmup, freeBits } = kl;
    return {
      value: sampleNormal(net, normal),
      plain: normal.mean,
      posterior: { ...normal, kl: () => reduceSum(normalKl(normal), [1]) },
      outputs: { logVariance: normal.logVariance },
      parts: (net) =>
        net.within(KL, () => [
          {
            name: KL,
            definition: definitionOf(kl),
            unit: 'KL per image (nats)',
            weight,
            couplesImages: false,
            symbol: net.mean(reduceSum(normalKl(normal, freeBits), [1])),
            scheduled: net.schedule('weight', weight, (epochs) =>
              warmup === 0 ? weight : weight * Math.min(1, epochs / warmup),
            ),
          },
        ]),
    };
  },
  prior: {
    noiseUnits: (_, units) => units,
    sample: (_net, noise) => noise,
    // ln N(z; 0, I) = −½ Σ (z² + ln 2π).
    logDensity: (_net, z) => mul(reduceSum(add(square(z), Math.log(2 * Math.PI)), [1]), -0.5),
  },
} as const satisfies CodeBuilder<z.infer<typeof gaussianSchema>>;

function definitionOf({ warmup, freeBits }: z.infer<typeof gaussianSchema>['kl']): string {
  const rising = warmup === 0 ? '' : `; in training its weight rises over the first ${warmup} epochs`;
  const free = freeBits === 0 ? '' : `, at least ${freeBits} for each unit`;
  return `KL divergence from the standard normal (nats)${free}, summed over units, mean over images${rising}`;
}
