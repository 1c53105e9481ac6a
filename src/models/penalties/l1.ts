import * as z from 'zod';
import { l1 as sumOfAbsolutes } from '../../nn/index.ts';
import { penaltyWeight } from '../settings.ts';
import type { PenaltyKind } from './kind.ts';

const schema = z.strictObject({ weight: penaltyWeight });

/** Σ |h|: pulls many units of the code to 0. */
export const l1 = {
  type: 'l1',
  partName: 'L1 of the code',
  noun: 'L1 penalty',
  schema,
  summary: 'Σ |h| over the units of the code',
  couplesImages: false,
  isHeavy: false,
  isPerImage: true,
  shrinksCode: 1,
  wantsSparse: true,
  costsReconstruction: false,
  lowersJacobian: false,
  part: (net, _, { code }) => ({
    definition: 'Σ |h| over the units of the code, mean over images',
    unit: 'Σ |h| per image',
    symbol: sumOfAbsolutes(net, code),
  }),
} as const satisfies PenaltyKind<z.infer<typeof schema>>;
