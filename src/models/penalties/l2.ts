import * as z from 'zod';
import { mul } from '../../graph/index.ts';
import { squaredWeights } from '../../nn/index.ts';
import { penaltyWeight } from '../settings.ts';
import type { PenaltyKind } from './kind.ts';

const schema = z.strictObject({
  weight: penaltyWeight,
  biases: z.boolean().default(false).describe('whether biases count too'),
});

/** Σ w² over the weights of the whole model: it belongs to no image, so each share of a batch has its share of it. */
export const l2 = {
  type: 'l2',
  partName: 'L2 of the weights',
  noun: 'L2 penalty',
  schema,
  summary: 'Σ w² over the weights: weight decay as a loss',
  couplesImages: false,
  isHeavy: false,
  isPerImage: false,
  shrinksCode: null,
  wantsSparse: false,
  costsReconstruction: false,
  lowersJacobian: false,
  part: (net, { biases }) => ({
    definition: `Σ w² over all weights${biases ? ', biases and scales' : ''}`,
    unit: 'Σ w²',
    symbol: mul(squaredWeights(net.parameters.values(), biases), net.share),
  }),
} as const satisfies PenaltyKind<z.infer<typeof schema>>;
