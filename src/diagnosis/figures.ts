/** The figures of an evaluation, with their common names. */
import type { ReconstructionMetrics, SimilarityMetrics } from '../metrics/index.ts';
import type { Figures } from './facts.ts';

/** Five reconstruction errors, the ones per pixel first. */
export const ERROR_NAMES = [
  ['mae', 'MAE per pixel'],
  ['mse', 'MSE per pixel'],
  ['squaredErrorPerImage', 'squared error per image'],
  ['bce', 'BCE per pixel'],
  ['bcePerImage', 'BCE per image'],
] as const satisfies readonly (readonly [keyof ReconstructionMetrics, string])[];

/** Higher is better, other than in errors. */
export const SIMILARITY_NAMES = [
  ['ssim', 'SSIM'],
  ['psnr', 'PSNR (dB)'],
] as const satisfies readonly (readonly [keyof SimilarityMetrics, string])[];

/** To four significant digits, as people compare them. */
export function shownFigure(value: number): string {
  if (!Number.isFinite(value)) return 'not a finite number';
  const size = Math.abs(value);
  if (size >= 1e4) return Math.round(value).toLocaleString('en');
  return value === 0 || size >= 1e-4 ? value.toPrecision(4) : value.toExponential(3);
}

export interface NamedFigure {
  name: string;
  value: number;
}

/**
 * Our figures of the kind that a recipe's reference names, found by the words it uses; all errors if it uses no known
 * word. A reference on noisy images is compared with ours on noisy images.
 */
export function figuresLike(reference: string, evaluation: Figures): NamedFigure[] {
  const { model, corrupted, objective } = evaluation;
  if (/BCE ?\+ ?KL/.test(reference) && objective !== null)
    return [{ name: 'loss, the sum of its parts', value: objective.values.loss! }];
  const noisy = corrupted !== null && /nois[ey]/i.test(reference);
  const metrics = noisy ? corrupted.model : model;
  const named = ERROR_NAMES.filter(([, name]) => {
    const short = name.replace(' per pixel', '');
    return reference.includes(name) || (short !== name && new RegExp(`\\b${short}\\b`).test(reference));
  });
  return (named.length === 0 ? ERROR_NAMES : named).map(([key, name]) => ({
    name: noisy ? `${name}, of noisy images` : name,
    value: metrics[key],
  }));
}
