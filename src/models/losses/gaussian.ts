import * as z from 'zod';
import { add, exp, mul, type Sym, square, sub } from '../../graph/index.ts';
import { type Network, zeros } from '../../nn/index.ts';
import type { LossKind } from './kind.ts';

export interface GaussianSettings {
  /** The standard deviation of a pixel, or that it is learned (one for all pixels). */
  sigma?: number | 'learned' | undefined;
}

/** −log N(x; x̂, σ²) for each pixel. */
export const gaussianLoss = {
  type: 'gaussian',
  summary: 'negative log-likelihood of a normal',
  settings: {
    sigma: z
      .union([z.number().positive(), z.literal('learned')])
      .optional()
      .describe("for gaussian: the standard deviation of a pixel (default 1), or 'learned', one for all"),
  },
  couplesImages: false,
  words: ({ sigma = 1 }) =>
    `Gaussian negative log-likelihood (nats)${sigma === 'learned' ? ', σ learned, one for all pixels' : `, σ ${sigma}`}`,
  axis: ['NLL', 'NLL'],
  unit: 'nats',
  terms: (net, { image }, target, { sigma = 1 }) => negativeLog(net, sub(image, target), sigma),
  likelihood: { name: 'Gaussian', pixels: 'grey' },
  bestConstant: 'mean',
} as const satisfies LossKind<GaussianSettings>;

/**
 * ½ ((x − x̂)² / σ² + log σ² + log 2π) for each pixel. A learned σ is one parameter, its log σ², which begins at 0
 * (Rybkin et al., 2021).
 */
function negativeLog(net: Network, difference: Sym, sigma: number | 'learned'): Sym {
  if (sigma !== 'learned') {
    const rest = Math.log(sigma) + Math.log(2 * Math.PI) / 2;
    return add(mul(square(difference), 1 / (2 * sigma ** 2)), rest);
  }
  const logVariance = net.parameter('logVariance', [1], zeros, 'bias');
  const scaled = mul(square(difference), exp(mul(logVariance, -1)));
  return mul(add(add(scaled, logVariance), Math.log(2 * Math.PI)), 0.5);
}
