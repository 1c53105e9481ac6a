import * as z from 'zod';
import { codeLength as halfSquares } from '../../nn/index.ts';
import { penaltyWeight } from '../settings.ts';
import type { PenaltyKind } from './kind.ts';

const schema = z.strictObject({ weight: penaltyWeight });

/** ½ Σ h²: the part of a regularised autoencoder (Ghosh et al., 2020) that keeps codes near 0. */
export const codeLength = {
  type: 'codeLength',
  partName: 'length of the code',
  noun: 'penalty on the length of the code',
  schema,
  summary: '½ Σ h² over the units of the code (Ghosh et al., 2020)',
  couplesImages: false,
  isHeavy: false,
  isPerImage: true,
  shrinksCode: 2,
  wantsSparse: false,
  costsReconstruction: true,
  lowersJacobian: false,
  part: (net, _, { code }) => ({
    definition: '½ Σ h² over the units of the code, mean over images',
    unit: '½ Σ h² per image',
    symbol: halfSquares(net, code),
  }),
} as const satisfies PenaltyKind<z.infer<typeof schema>>;
