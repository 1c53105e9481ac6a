/** The errors of reconstructions, the ones per pixel first. */
import { sizeOf } from '../../size.ts';
import { type PixelErrors, ReconstructionErrors } from '../reconstruction.ts';
import type { Figure, FigureValues, Measure, MeasuredSamples } from './figure.ts';

const errors: Measure<PixelErrors> = {
  begin: ({ shape }) => new ReconstructionErrors(sizeOf(shape)),
};

/** A cross-entropy takes values for probabilities. */
const areProbabilities = ({ range }: MeasuredSamples) => range !== null && range[0] >= 0 && range[1] <= 1;

export const ERROR_FIGURES = [
  {
    key: 'mae',
    name: 'MAE per pixel',
    short: 'MAE',
    note: 'absolute error',
    definition: 'absolute error, mean over pixels and images',
    unit: '',
    better: 'lower',
    measure: errors,
  },
  {
    key: 'mse',
    name: 'MSE per pixel',
    short: 'MSE',
    note: 'squared error',
    definition: 'squared error, mean over pixels and images',
    unit: '',
    better: 'lower',
    measure: errors,
  },
  {
    key: 'squaredErrorPerImage',
    name: 'squared error per image',
    short: 'SE per image',
    note: 'squared error, summed over pixels',
    definition: 'squared error, summed over pixels, mean over images',
    unit: '',
    better: 'lower',
    measure: errors,
  },
  {
    key: 'bce',
    name: 'BCE per pixel',
    short: 'BCE',
    note: 'binary cross-entropy, nats',
    definition: 'binary cross-entropy in nats, mean over pixels and images',
    unit: 'nats',
    better: 'lower',
    appliesTo: areProbabilities,
    measure: errors,
  },
  {
    key: 'bcePerImage',
    name: 'BCE per image',
    note: 'the same, summed over pixels',
    definition: 'binary cross-entropy in nats, summed over pixels, mean over images',
    unit: 'nats',
    better: 'lower',
    appliesTo: areProbabilities,
    measure: errors,
  },
] as const satisfies readonly Figure[];

/** The errors of images by key. Of samples outside of [0, 1] the cross-entropies are absent. */
export type ReconstructionMetrics = FigureValues<typeof ERROR_FIGURES>;
