import type * as z from 'zod/mini';
import { adversarialLosses, dense } from '../../../nn/index.ts';
import { AGAINST, type adversarialSchema, DISCRIMINATOR, STEEPNESS } from '../adversarial.ts';
import type { CodeBuilder } from '../kind.ts';
import { standardNormal } from './standard-normal.ts';

export const adversarialBuilder = {
  type: 'adversarial',
  make(net, h, { units, adversary }, { initialiser }) {
    const value = dense(net, h, { units, bias: true, initialiser });
    return {
      value,
      plain: value,
      parts: (net) =>
        net.within('adversary', () => {
          const prior = net.random('prior', [units], { type: 'normal' });
          const losses = adversarialLosses(net, value, prior, adversary);
          return [
            {
              name: AGAINST,
              definition:
                '−ln of the chance that the discriminator gives a code of being drawn from N(0, I) (nats), mean over images',
              unit: '−ln D per image (nats)',
              weight: adversary.weight,
              couplesImages: false,
              symbol: losses.encoder,
            },
            {
              name: DISCRIMINATOR,
              definition:
                "the discriminator's cross-entropy on a code and on a draw of N(0, I) (nats, 2 ln 2 = 1.386 by chance), mean over images",
              unit: 'cross-entropy per image (nats)',
              weight: 1,
              couplesImages: false,
              symbol: losses.discriminator,
            },
            {
              name: STEEPNESS,
              definition:
                "the squared gradient of the discriminator's ln odds at a code and at a draw of N(0, I), mean over images",
              unit: 'squared gradient per image',
              weight: adversary.smoothness,
              couplesImages: false,
              symbol: losses.gradient,
            },
          ];
        }),
    };
  },
  prior: standardNormal,
} as const satisfies CodeBuilder<z.infer<typeof adversarialSchema>>;
