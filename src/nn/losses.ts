/**
 * Reconstruction losses between [N, pixels] symbols: averaged over the images of a batch always, over their
 * pixels (`mean`) or summed over them (`sum`) as asked. Every loss says in words what its number is.
 */
import { abs, mul, reduceSum, type Sym, softplus, square, sub } from '../graph/index.ts';
import type { Network } from './network.ts';
import { columnsOf } from './shapes.ts';

export const LOSSES = ['mse', 'mae', 'bce'] as const;
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
};

/** As "absolute error, mean over pixels and images". */
export function lossDefinition(loss: LossName, reduction: Reduction): string {
  const over = reduction === 'mean' ? 'mean over pixels and images' : 'summed over pixels, mean over images';
  return `${NAMES[loss]}, ${over}`;
}

/** As an axis says it: "MAE per pixel". */
export function lossUnit(loss: LossName, reduction: Reduction): string {
  const short = { mse: ['MSE', 'SE'], mae: ['MAE', 'AE'], bce: ['BCE', 'BCE'] }[loss];
  const per = reduction === 'mean' ? `${short[0]} per pixel` : `${short[1]} per image`;
  return loss === 'bce' ? `${per} (nats)` : per;
}

/** The loss as a scalar symbol. For `bce`, the output's activation must be the sigmoid. */
export function reconstructionLoss(
  net: Network,
  loss: LossName,
  reduction: Reduction,
  output: Output,
  target: Sym,
): Sym {
  const perPixel = {
    mse: () => square(sub(output.image, target)),
    mae: () => abs(sub(output.image, target)),
    // −x log σ(z) − (1 − x) log(1 − σ(z)) = softplus(z) − x z, without overflow.
    bce: () => sub(softplus(output.preActivation), mul(target, output.preActivation)),
  }[loss]();
  const scale = reduction === 'mean' ? 1 / columnsOf(net, target) : 1;
  return mul(reduceSum(perPixel), mul(net.inverseBatch, scale));
}
