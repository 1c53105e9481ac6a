/** The distributions of codes of a variational model, and codes drawn from them. */
import type { FloatArray, ModelEngine } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { requireWhole } from './apply/checks.ts';
import { normalNumbers } from './normal.ts';

/** q(z | x) of a variational model: for each image a normal distribution of codes, independent from unit to unit. */
export interface Posterior {
  /** μ, [n, units]: the code that `encode` gives. */
  mean: FloatArray;
  /** log σ², [n, units]. */
  logVariance: FloatArray;
}

/** How codes are drawn from posteriors. */
export interface PosteriorDraws {
  /** Codes of each image. Default 1. */
  count?: number;
  /** A whole number, 0 or more. Default 1. */
  seed?: number;
  /** The position of the first image among all, if they come in pieces. Default 0. */
  firstRow?: number;
}

/** @throws HourglassError of kind `usage` for a count, seed or position that is none. */
export function requireDraws({
  count = 1,
  seed = 1,
  firstRow = 0,
}: PosteriorDraws): Required<PosteriorDraws> {
  requireWhole('samples', count, 1);
  requireWhole('seed', seed, 0);
  requireWhole('first row', firstRow, 0);
  return { count, seed, firstRow };
}

/** Codes z = μ + σ ε, [n, count, units]: the same for the same seed, count and positions. */
export function drawnFrom(
  engine: ModelEngine,
  { mean, logVariance }: Posterior,
  draws: PosteriorDraws,
): FloatArray {
  const { count, seed, firstRow } = requireDraws(draws);
  const [rows, units] = mean.shape as [number, number];
  const each = count * units;
  const data = normalNumbers(engine, rows * each, seed, firstRow * each);
  for (let i = 0; i < data.length; i++) {
    const unit = Math.floor(i / each) * units + (i % units);
    data[i] = mean.data[unit]! + Math.exp(logVariance.data[unit]! / 2) * data[i]!;
  }
  return { data, shape: [rows, count, units] };
}

/** Means and log-variances as [n, 2, units]. */
export function sideBySide({ mean, logVariance }: Posterior): Float32Array {
  const [rows, units] = mean.shape as [number, number];
  const both = new Float32Array(2 * rows * units);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * units, (row + 1) * units];
    both.set(mean.data.subarray(from, to), 2 * from);
    both.set(logVariance.data.subarray(from, to), 2 * from + units);
  }
  return both;
}

/** The same of [n, 2, units], apart. */
export function apart({ data, shape }: FloatArray): Posterior {
  const [rows, , units] = shape as [number, number, number];
  const side = (k: number): FloatArray => {
    const values = new Float32Array(rows * units);
    for (let row = 0; row < rows; row++) {
      const from = (2 * row + k) * units;
      values.set(data.subarray(from, from + units), row * units);
    }
    return { data: values, shape: [rows, units] };
  };
  return { mean: side(0), logVariance: side(1) };
}

/**
 * The error of a model that does not give the variance of a code.
 * @param encoder its encoder's file, as errors name it.
 */
export function noPosterior(
  { recipe, hasVariance }: { recipe: string; hasVariance: boolean },
  encoder: string,
  hasEncoder: boolean,
): HourglassError {
  const subject = 'the variance of a code';
  if (!hasVariance) {
    const rule = `needs a variational model: each image has one code in ${recipe}`;
    return new HourglassError('usage', { subject, rule, hint: 'encode gives it' });
  }
  return new HourglassError('usage', {
    subject,
    rule: hasEncoder
      ? `needs an encoder with the output logVariance: ${encoder} has none`
      : `needs ${encoder}`,
    hint: hasEncoder ? 'export the run again' : 'the other parts of a model give only the mean',
  });
}
