import { reduceSum } from '../../../graph/index.ts';
import { dense, normalKl, sampleNormal } from '../../../nn/index.ts';
import { type GaussianCode, hasNormalPrior, isClosed, KL } from '../gaussian.ts';
import type { CodeBuilder } from '../kind.ts';
import { codesOf } from '../weighing.ts';
import { drawnCode } from './drawn.ts';
import { settledPrior } from './priors/index.ts';

export const gaussianBuilder = {
  type: 'gaussian',
  make(net, h, config, { initialiser }) {
    const { units, kl } = config;
    const head = (name: string) => net.within(name, () => dense(net, h, { units, bias: true, initialiser }));
    const normal = { mean: head('mean'), logVariance: head('logVariance') };
    const { weight, warmup, freeBits } = kl;
    const rows = net.mode === 'infer' ? 1 : codesOf(config.importance);
    const common = { plain: normal.mean, rows, outputs: { logVariance: normal.logVariance } };
    const fromNormal = { ...normal, kl: () => reduceSum(normalKl(normal), [1]) };
    const posterior = hasNormalPrior(config) ? fromNormal : normal;
    if (!isClosed(config)) return { ...common, posterior, ...drawnCode(net, normal, config) };
    return {
      ...common,
      value: sampleNormal(net, normal),
      posterior,
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
  prior: settledPrior,
} as const satisfies CodeBuilder<GaussianCode>;

function definitionOf({ warmup, freeBits }: GaussianCode['kl']): string {
  const rising = warmup === 0 ? '' : `; in training its weight rises over the first ${warmup} epochs`;
  const free = freeBits === 0 ? '' : `, at least ${freeBits} for each unit`;
  return `KL divergence from the standard normal (nats)${free}, summed over units, mean over images${rising}`;
}
