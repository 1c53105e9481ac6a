/**
 * Reconstruction losses between [N, values] symbols, one file each and one line in the table below: averaged over the
 * images of a batch always, over their pixels (`mean`) or summed over them (`sum`) as asked. Every loss says in words
 * what its number is.
 */
import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { mul, neg, reduceSum, type Sym } from '../../graph/index.ts';
import { columnsOf, type Network } from '../../nn/index.ts';
import type { ImageShape } from '../image-shape.ts';
import type { Output } from '../output.ts';
import { derived, Table } from '../tables.ts';
import { bce } from './bce.ts';
import { gaussianLoss } from './gaussian.ts';
import type { AnyLoss, Likelihood, LossKind } from './kind.ts';
import { mae } from './mae.ts';
import { mse } from './mse.ts';
import { ssimLoss } from './ssim.ts';

const BUILT_IN = [mse, mae, bce, gaussianLoss, ssimLoss] as const;

export const LOSSES = new Table<LossKind, typeof BUILT_IN>('loss', BUILT_IN);

/** All settings that some loss has, next to those that every loss has. */
type OwnSettings = (typeof BUILT_IN)[number]['settings'];
type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

export const lossSchema = derived(() =>
  z
    .strictObject({
      type: z
        .enum(LOSSES.map('type'))
        .describe(LOSSES.all.map(({ type, summary }) => `${type}: ${summary}`).join('; ')),
      reduction: z
        .enum(['mean', 'sum'])
        .default('mean')
        .describe('over the pixels of an image; over images always the mean'),
      weight: z.number().positive().default(1).describe('of the reconstruction in the whole loss'),
      ...(Object.assign({}, ...LOSSES.all.map(({ settings }) => settings)) as Both<OwnSettings>),
    })
    .describe('how a reconstruction is compared with the image'),
);

/** The settings under `loss` in a recipe. docs/api/settings.md lists them. */
export type LossConfig = z.infer<ReturnType<typeof lossSchema>>;

/** As "absolute error, mean over pixels and images". */
export function lossDefinition(loss: AnyLoss): string {
  const over =
    loss.reduction === 'mean' ? 'mean over pixels and images' : 'summed over pixels, mean over images';
  return `${LOSSES.of(loss.type).words(loss)}, ${over}`;
}

/** As an axis says it: "MAE per pixel". */
export function lossUnit({ type, reduction }: AnyLoss): string {
  const { axis, unit } = LOSSES.of(type);
  const per = reduction === 'mean' ? `${axis[0]} per pixel` : `${axis[1]} per image`;
  return unit === null ? per : `${per} (${unit})`;
}

/** What a loss assumes of its pixels, and what it does to a model that ignores its code. */
export function lossTraits(
  loss: AnyLoss,
): Pick<LossKind, 'likelihood' | 'bestConstant' | 'comparesStructure'> & { binarises?: true } {
  const { likelihood, bestConstant, comparesStructure, binarises } = LOSSES.of(loss.type);
  return {
    likelihood,
    bestConstant,
    ...(comparesStructure && { comparesStructure }),
    ...(binarises?.(loss) && { binarises: true as const }),
  };
}

/** The losses that are likelihoods. */
export const likelihoodLosses = (): string[] =>
  LOSSES.all.flatMap(({ type, likelihood }) => (likelihood === null ? [] : [type]));

/** What is reconstructed, and given to the encoder, of images [N, values]: themselves, unless the loss has it otherwise. */
export const targetOf = (net: Network, loss: AnyLoss, image: Sym): Sym =>
  LOSSES.of(loss.type).target?.(net, image, loss) ?? image;

/** The terms of the loss, [rows, values] or [rows]. `output` has as many rows as `target`. */
export const lossTerms = (net: Network, loss: AnyLoss, output: Output, target: Sym, shape: ImageShape): Sym =>
  LOSSES.of(loss.type).terms(net, output, target, loss, shape);

/** Their sum over the images of the batch, as a scalar: a mean over images, and over `values` if the loss asks for it. */
export const meanLoss = (net: Network, { reduction }: AnyLoss, terms: Sym, values: number): Sym =>
  mul(reduceSum(terms), mul(net.inverseBatch, reduction === 'mean' ? 1 / values : 1));

/** The loss as a scalar symbol. */
export function reconstructionLoss(
  net: Network,
  loss: AnyLoss,
  output: Output,
  target: Sym,
  shape: ImageShape,
): Sym {
  return meanLoss(net, loss, lossTerms(net, loss, output, target, shape), columnsOf(net, target));
}

/**
 * ln p(x | z) of each row, [rows], in nats, summed over pixels.
 * @throws RangeError if the loss is no likelihood.
 */
export function summedLikelihood({ type }: AnyLoss, terms: Sym): Sym {
  if (LOSSES.of(type).likelihood === null) throw new RangeError(`loss '${type}' is no likelihood`);
  return neg(terms.shape.length === 1 ? terms : reduceSum(terms, [1]));
}

/**
 * ln p(x | z) for each row, [N], in nats, for a loss that is a likelihood, summed over pixels with either reduction.
 * `target` is [N, values], or [1, values] for all rows.
 */
export function logLikelihood(
  net: Network,
  loss: AnyLoss,
  output: Output,
  target: Sym,
  shape: ImageShape,
): Sym {
  return summedLikelihood(loss, lossTerms(net, loss, output, target, shape));
}

/** @throws HourglassError if the loss does not fit the model's output, or has another loss's settings. */
export function checkLoss(model: Parameters<NonNullable<LossKind['check']>>[1], loss: AnyLoss): void {
  LOSSES.of(loss.type).check?.(loss, model);
  for (const { type, settings } of LOSSES.all) {
    if (type === loss.type) continue;
    const key = Object.keys(settings).find(
      (name) => (loss as unknown as Record<string, unknown>)[name] !== undefined,
    );
    if (key === undefined || Object.hasOwn(LOSSES.of(loss.type).settings, key)) continue;
    throw new HourglassError('usage', {
      subject: `loss.${key}`,
      rule: `is for loss.type '${type}' alone`,
      got: loss.type,
      hint: `leave it out, or set loss.type=${type}`,
    });
  }
}

export type { AnyLoss, Likelihood, LossKind };
