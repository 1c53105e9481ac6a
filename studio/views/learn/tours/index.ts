/** All tours, in the order in which they build on one another. */
import type { Tour } from '../tour.ts';
import { codeTour } from './code.ts';
import { contractionTour } from './contraction.ts';
import { convolutionTour } from './convolution.ts';
import { denoisingTour } from './denoising.ts';
import { sparseTour } from './sparse.ts';
import { variationalTour } from './variational.ts';

export const TOURS: readonly Tour[] = [
  codeTour,
  variationalTour,
  denoisingTour,
  contractionTour,
  sparseTour,
  convolutionTour,
];
