import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { sparsity as meanActivation } from '../../nn/index.ts';
import { penaltyWeight } from '../settings.ts';
import type { PenaltyKind } from './kind.ts';

const schema = z.strictObject({
  weight: penaltyWeight,
  target: z.number().gt(0).lt(1).default(0.05).describe('ρ: how active a unit is to be on average'),
});

/** KL(ρ ‖ ρ̂): each unit is active for a part ρ of the images (Ng, 2011). */
export const sparsity = {
  type: 'sparsity',
  partName: 'sparsity',
  noun: 'sparsity penalty',
  schema,
  summary: "KL(ρ ‖ ρ̂) over the units of a sigmoid code, ρ̂ a unit's mean over a batch (Ng, 2011)",
  couplesImages: true,
  isHeavy: false,
  isPerImage: true,
  shrinksCode: 2,
  wantsSparse: true,
  costsReconstruction: false,
  lowersJacobian: false,
  part: (net, { target }, { code }) => ({
    definition: `KL(${target} ‖ mean activation over a batch), summed over units (nats)`,
    unit: 'KL of sparsity (nats)',
    symbol: meanActivation(net, code, target),
  }),
  check(_, { code }) {
    if (code.range?.[0] === 0 && code.range[1] === 1) return;
    throw new HourglassError('usage', {
      subject: 'penalties.sparsity',
      rule: 'needs activations from 0 to 1: a dense code with a sigmoid',
      got: code.activation === null ? `a code of type ${code.type}` : `a code with ${code.activation}`,
      hint: 'set model.code.activation=sigmoid, or take penalties.l1 instead',
    });
  },
} as const satisfies PenaltyKind<z.infer<typeof schema>>;
