import { HourglassError } from '../../errors.ts';
import { binaryCrossEntropy } from '../../graph/index.ts';
import type { LossKind } from './kind.ts';

/** −x log x̂ − (1 − x) log(1 − x̂), computed from the logits of x̂; one term per image. */
export const bce = {
  type: 'bce',
  summary: 'binary cross-entropy, from logits',
  settings: {},
  couplesImages: false,
  unitRange: true,
  words: () => 'binary cross-entropy (nats)',
  axis: ['BCE', 'BCE'],
  unit: 'nats',
  terms: (_, { preActivation }, target) => binaryCrossEntropy(preActivation, target),
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
} as const satisfies LossKind;
