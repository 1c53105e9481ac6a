import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { binaryCrossEntropy, cast, greater } from '../../graph/index.ts';
import type { LossKind } from './kind.ts';

export interface BceSettings {
  /** Whether grey values are taken for probabilities, and pixels of 0 and 1 drawn from them. */
  binarise?: 'dynamic' | undefined;
}

/** −x log x̂ − (1 − x) log(1 − x̂), computed from the logits of x̂; one term per image. */
export const bce = {
  type: 'bce',
  summary: 'binary cross-entropy, from logits',
  settings: {
    binarise: z
      .enum(['dynamic'])
      .optional()
      .describe(
        "for bce: 'dynamic' draws each pixel as 0 or 1, with its grey value as the probability of 1, again in every step",
      ),
  },
  couplesImages: false,
  unitRange: true,
  words: ({ binarise }) =>
    `binary cross-entropy (nats)${binarise === undefined ? '' : ', pixels drawn as 0 or 1 each time'}`,
  axis: ['BCE', 'BCE'],
  unit: 'nats',
  terms: (_, { preActivation }, target) => binaryCrossEntropy(preActivation, target),
  target(net, image, { binarise }) {
    if (binarise === undefined || net.mode === 'infer') return image;
    const uniform = net.random('binarise', image.shape.slice(1) as number[], { type: 'uniform' });
    return cast(greater(image, uniform), 'float32');
  },
  binarises: ({ binarise }) => binarise !== undefined,
  likelihood: { name: 'Bernoulli', pixels: 'binary' },
  bestConstant: 'mean',
  check(_, { output }) {
    if (output.activation === 'sigmoid') return;
    throw new HourglassError('usage', {
      subject: 'model.output.activation',
      rule: "must be 'sigmoid' for loss.type 'bce', which is computed from its logits",
      got: output.activation,
      hint: 'set model.output.activation=sigmoid, or loss.type=mse',
    });
  },
} as const satisfies LossKind<BceSettings>;
