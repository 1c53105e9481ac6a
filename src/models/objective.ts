/**
 * What is minimised: a model's output against its target, in named parts that add up to the total. The same
 * objective serves training and validation.
 */
import { z } from 'zod';
import { HourglassError } from '../errors.ts';
import type { Sym } from '../graph/index.ts';
import {
  LOSSES,
  lossDefinition,
  lossUnit,
  type Network,
  REDUCTIONS,
  reconstructionLoss,
} from '../nn/index.ts';
import type { AutoencoderConfig, Definition } from './autoencoder.ts';

export const lossSchema = z.strictObject({
  type: z
    .enum(LOSSES)
    .describe('mse: squared error; mae: absolute error; bce: binary cross-entropy, from logits'),
  reduction: z
    .enum(REDUCTIONS)
    .default('mean')
    .describe('over the pixels of an image; over images always the mean'),
});

export type LossConfig = z.infer<typeof lossSchema>;

export interface LossPart {
  /** As `reconstruction`; the total is always called `loss`. */
  name: string;
  /** What the number is: of what, summed or averaged, in which unit. */
  definition: string;
  /** The same in a few letters, as an axis needs it: "MAE per pixel". */
  unit: string;
}

export interface Objective {
  code: Sym;
  reconstruction: Sym;
  /** The scalar that is minimised. */
  loss: Sym;
  parts: (LossPart & { symbol: Sym })[];
}

/** @throws HourglassError where the loss does not fit the model's output. */
export function checkLoss(model: AutoencoderConfig, loss: LossConfig): void {
  if (loss.type === 'bce' && model.output.activation !== 'sigmoid') {
    throw new HourglassError('usage', {
      subject: 'model.output.activation',
      rule: "must be 'sigmoid' for loss.type 'bce', which is computed from its logits",
      got: model.output.activation,
      hint: 'set model.output.activation=sigmoid, or loss.type=mse',
    });
  }
}

/** Builds the whole model on `image`, [N, pixels], and its loss. */
export function buildObjective(
  net: Network,
  definition: Definition,
  loss: LossConfig,
  image: Sym,
): Objective {
  const code = definition.encode(net, image);
  const output = definition.decode(net, code);
  const reconstruction = net.within('loss', () =>
    reconstructionLoss(net, loss.type, loss.reduction, output, image),
  );
  return {
    code,
    reconstruction: output.image,
    loss: reconstruction,
    parts: [
      {
        name: 'reconstruction',
        definition: lossDefinition(loss.type, loss.reduction),
        unit: lossUnit(loss.type, loss.reduction),
        symbol: reconstruction,
      },
    ],
  };
}
