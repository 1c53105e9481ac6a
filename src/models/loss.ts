/** How a reconstruction is judged against the image: the likelihood, up to constants, or a plain error. */
import { z } from 'zod';
import { HourglassError } from '../errors.ts';
import { LOSSES, REDUCTIONS } from '../nn/index.ts';
import type { AutoencoderConfig } from './autoencoder.ts';

export const lossSchema = z.strictObject({
  type: z
    .enum(LOSSES)
    .describe(
      'mse: squared error; mae: absolute error; bce: binary cross-entropy, from logits; gaussian: negative log-likelihood of a normal',
    ),
  reduction: z
    .enum(REDUCTIONS)
    .default('mean')
    .describe('over the pixels of an image; over images always the mean'),
  weight: z.number().positive().default(1).describe('of the reconstruction in the whole loss'),
  sigma: z
    .union([z.number().positive(), z.literal('learned')])
    .optional()
    .describe("for gaussian: the standard deviation of a pixel (default 1), or 'learned', one for all"),
});

export type LossConfig = z.infer<typeof lossSchema>;

/** @throws HourglassError if the loss does not fit the model's output. */
export function checkLoss(model: AutoencoderConfig, loss: LossConfig): void {
  if (loss.type === 'bce' && model.output.activation !== 'sigmoid') {
    throw new HourglassError('usage', {
      subject: 'model.output.activation',
      rule: "must be 'sigmoid' for loss.type 'bce', which is computed from its logits",
      got: model.output.activation,
      hint: 'set model.output.activation=sigmoid, or loss.type=mse',
    });
  }
  if (loss.sigma !== undefined && loss.type !== 'gaussian') {
    throw new HourglassError('usage', {
      subject: 'loss.sigma',
      rule: "is for loss.type 'gaussian' alone",
      got: loss.type,
      hint: 'leave it out, or set loss.type=gaussian',
    });
  }
}
