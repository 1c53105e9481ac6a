import { square, sub } from '../../graph/index.ts';
import type { LossKind } from './kind.ts';

/** (x − x̂)² for each pixel. */
export const mse = {
  type: 'mse',
  summary: 'squared error',
  settings: {},
  couplesImages: false,
  words: () => 'squared error',
  axis: ['MSE', 'SE'],
  unit: null,
  terms: (_, { image }, target) => square(sub(image, target)),
  likelihood: null,
  bestConstant: 'mean',
} as const satisfies LossKind;
