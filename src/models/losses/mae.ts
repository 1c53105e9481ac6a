import { abs, sub } from '../../graph/index.ts';
import type { LossKind } from './kind.ts';

/** |x − x̂| for each pixel. */
export const mae = {
  type: 'mae',
  summary: 'absolute error',
  settings: {},
  couplesImages: false,
  words: () => 'absolute error',
  axis: ['MAE', 'AE'],
  unit: null,
  terms: (_, { image }, target) => abs(sub(image, target)),
  likelihood: null,
  bestConstant: 'median',
} as const satisfies LossKind;
