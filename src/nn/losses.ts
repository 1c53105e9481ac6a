/**
 * Reconstruction losses between [N, pixels] symbols: averaged over the images of a batch always, over their
 * pixels (`mean`) or summed over them (`sum`) as asked. Every loss says in words what its number is.
 */
import {
  abs,
  add,
  binaryCrossEntropy,
  exp,
  mul,
  neg,
  reduceSum,
  type Sym,
  square,
  sub,
} from '../graph/index.ts';
import { zeros } from './initialisers.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

export const LOSSES = ['mse', 'mae', 'bce', 'gaussian'] as const;
export type LossName = (typeof LOSSES)[number];
export const REDUCTIONS = ['mean', 'sum'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

/** What a decoder gives: the image, and what went into its output activation. */
export interface Output {
  /** [N, pixels], after the output activation. */
  readonly image: Sym;
  /** [N, pixels], before it: for a sigmoid, the logits. */
  readonly preActivation: Sym;
}

const NAMES: Readonly<Record<LossName, string>> = {
  mse: 'squared error',
  mae: 'absolute error',
  bce: 'binary cross-entropy (nats)',
  gaussian: 'Gaussian negative log-likelihood (nats)',
};

export interface LossSettings {
  type: LossName;
  reduction: Reduction;
  /** For `gaussian`: the standard deviation of a pixel, or that it is learned (one for all pixels). */
  sigma?: number | 'learned' | undefined;
}

/** As "absolute error, mean over pixels and images". */
export function lossDefinition({ type, reduction, sigma = 1 }: LossSettings): string {
  const over = reduction === 'mean' ? 'mean over pixels and images' : 'summed over pixels, mean over images';
  const spread = sigma === 'learned' ? ', σ learned, one for all pixels' : `, σ ${sigma}`;
  return `${NAMES[type]}${type === 'gaussian' ? spread : ''}, ${over}`;
}

/** As an axis says it: "MAE per pixel". */
export function lossUnit({ type, reduction }: LossSettings): string {
  const short = { mse: ['MSE', 'SE'], mae: ['MAE', 'AE'], bce: ['BCE', 'BCE'], gaussian: ['NLL', 'NLL'] }[
    type
  ];
  const per = reduction === 'mean' ? `${short[0]} per pixel` : `${short[1]} per image`;
  return type === 'bce' || type === 'gaussian' ? `${per} (nats)` : per;
}

/** The loss as a scalar symbol. For `bce`, the output's activation must be the sigmoid. */
export function reconstructionLoss(net: Network, settings: LossSettings, output: Output, target: Sym): Sym {
  const scale = settings.reduction === 'mean' ? 1 / columnsOf(net, target) : 1;
  return mul(reduceSum(partsOf(net, settings, output, target)), mul(net.inverseBatch, scale));
}

/** The losses that are the negative logarithm of a density or a probability. */
export type LikelihoodLoss = Extract<LossName, 'bce' | 'gaussian'>;

/**
 * ln p(x | z) for each row, [N], in nats, for a Bernoulli (`bce`) or normal (`gaussian`) distribution of each pixel,
 * summed over pixels with either reduction. `target` is [N, pixels], or [1, pixels] for all rows.
 */
export function logLikelihood(
  net: Network,
  settings: LossSettings & { type: LikelihoodLoss },
  output: Output,
  target: Sym,
): Sym {
  const parts = partsOf(net, settings, output, target);
  return neg(parts.shape.length === 1 ? parts : reduceSum(parts, [1]));
}

/** The terms of the loss: one per pixel, [N, pixels], or, where it is computed in one step, one per image, [N]. */
function partsOf(net: Network, { type, sigma = 1 }: LossSettings, output: Output, target: Sym): Sym {
  switch (type) {
    case 'mse':
      return square(sub(output.image, target));
    case 'mae':
      return abs(sub(output.image, target));
    case 'bce':
      return binaryCrossEntropy(output.preActivation, target);
    case 'gaussian':
      return gaussianNll(net, sub(output.image, target), sigma);
  }
}

/**
 * −log N(x; x̂, σ²) = ½ ((x − x̂)² / σ² + log σ² + log 2π) for each pixel. A learned σ is one parameter, its
 * log σ², which begins at 0 (Rybkin et al., 2021).
 */
function gaussianNll(net: Network, difference: Sym, sigma: number | 'learned'): Sym {
  if (sigma !== 'learned') {
    const rest = Math.log(sigma) + Math.log(2 * Math.PI) / 2;
    return add(mul(square(difference), 1 / (2 * sigma ** 2)), rest);
  }
  const logVariance = net.parameter('logVariance', [1], zeros, 'bias');
  const scaled = mul(square(difference), exp(mul(logVariance, -1)));
  return mul(add(add(scaled, logVariance), Math.log(2 * Math.PI)), 0.5);
}
