/** A plane of the code, decoded point by point. */

import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { Told } from '../classes.ts';
import { FARTHEST_CODE } from '../given-arrays.ts';
import type { Model } from '../model.ts';
import { normalQuantile } from '../normal.ts';
import { requireStatistics } from '../statistics.ts';
import { requireWhole } from './checks.ts';

/** `quantiles`: steps of equal probability under a Gaussian, its inner 98 %. `linear`: steps of equal length. */
export type ManifoldSteps = 'quantiles' | 'linear';

/** Which plane of the code is decoded. */
export interface ManifoldOptions extends Told {
  /** The two units that vary, counted from 0; the others stay at their mean. Default [0, 1]. */
  units?: readonly [number, number];
  /** Default: `quantiles` for a variational model, otherwise `linear`. */
  steps?: ManifoldSteps;
  /** The range of linear steps, from and to, for both units. */
  range?: readonly [number, number];
}

/** A plane of the code, decoded. */
export interface Manifold {
  /** Shape [size, size, channels, height, width]. The second unit falls from row to row, as on a plot. */
  images: FloatArray;
  /** [size, size, units]. */
  codes: FloatArray;
  /** The units that vary, counted from 0. A code of one unit has one, and one row. */
  units: readonly number[];
  /** The values of the first unit, by columns. */
  x: readonly number[];
  /** The values of the second unit, by rows from the top; one 0 if the code has one unit. */
  y: readonly number[];
  /** A description of the steps. */
  note: string;
}

/** The probability between the outermost points by quantiles. */
const COVERED = 0.98;
/** How far linear steps reach: in a standard normal code, and in other codes in standard deviations. */
const PRIOR_REACH = 2;
const CODES_REACH = 2.5;

/**
 * Decodes size × size points over two units of the code. For a variational model they are quantiles of the prior, or
 * steps from −2 to 2. For other models they follow the training images' codes: steps over the mean ± 2.5 standard
 * deviations of each unit, as far as codes reach, or quantiles of a Gaussian with its mean and standard deviation.
 *
 * @param size points along each unit, 2 or more.
 * @throws HourglassError of kind `usage` for units that the code does not have; `run` if the statistics of the codes are needed and
 * missing.
 *
 * @example
 * ```ts
 * import { loadModel, manifold } from 'hourglass';
 *
 * await using model = await loadModel('runs/vae');
 * const { images, x, y } = await manifold(model, 12);
 * console.log(images.shape, x, y); // [ 12, 12, 1, 28, 28 ] …
 * ```
 */
export async function manifold(
  model: Pick<Model, 'info' | 'statistics' | 'decode'>,
  size: number,
  options: ManifoldOptions = {},
): Promise<Manifold> {
  const { codeUnits, prior, image } = model.info;
  const byPrior = prior?.isStandardNormal === true;
  const units = chosenUnits(options.units ?? [0, 1], codeUnits);
  const { range, steps = range !== undefined || !byPrior ? 'linear' : 'quantiles' } = options;
  requireWhole('size of the manifold', size, 2);
  checkSteps(steps, range);
  // The statistics are read only if they are needed.
  const codes =
    (byPrior || (steps === 'linear' && range !== undefined)) && codeUnits <= 2
      ? null
      : requireStatistics(model, 'a manifold over some units of the code').codes;
  const axis = (unit: number): number[] => {
    if (steps === 'quantiles') {
      const points = spaced((1 - COVERED) / 2, (1 + COVERED) / 2, size).map(normalQuantile);
      return byPrior ? points : points.map((z) => codes!.mean[unit]! + codes!.std[unit]! * z);
    }
    if (range !== undefined) return spaced(...range, size);
    if (byPrior) return spaced(-PRIOR_REACH, PRIOR_REACH, size);
    const [mean, reach] = [codes!.mean[unit]!, CODES_REACH * codes!.std[unit]!];
    return spaced(Math.max(codes!.min[unit]!, mean - reach), Math.min(codes!.max[unit]!, mean + reach), size);
  };
  const x = axis(units[0]!);
  const y = units.length === 1 ? [0] : axis(units[1]!).reverse();
  const points = new Float32Array(y.length * x.length * codeUnits);
  for (const [row, second] of y.entries()) {
    for (const [column, first] of x.entries()) {
      const at = (row * x.length + column) * codeUnits;
      if (codes !== null) points.set(codes.mean, at);
      points[at + units[0]!] = first;
      if (units.length > 1) points[at + units[1]!] = second;
    }
  }
  const { data } = await model.decode(
    points,
    options.classes === undefined ? {} : { classes: options.classes },
  );
  return {
    images: { data, shape: [y.length, x.length, image.channels, image.height, image.width] },
    codes: { data: points, shape: [y.length, x.length, codeUnits] },
    units,
    x,
    y,
    note: noteOf(steps, { byPrior, range }),
  };
}

function chosenUnits(units: readonly number[], count: number): number[] {
  if (count === 1) return [0];
  const [first, second] = units;
  const known = (unit: number | undefined) => Number.isInteger(unit) && unit! >= 0 && unit! < count;
  if (units.length === 2 && first !== second && known(first) && known(second)) return [...units];
  throw new HourglassError('usage', {
    subject: 'units of the manifold',
    rule: `must be two of the code's ${count}, counted from 0`,
    got: units.join(', '),
  });
}

function checkSteps(steps: ManifoldSteps, range: ManifoldOptions['range']): void {
  const refuse = (subject: string, rule: string, got: unknown) =>
    new HourglassError('usage', { subject, rule, got });
  if (steps !== 'quantiles' && steps !== 'linear') {
    throw refuse('steps of the manifold', "must be 'quantiles' or 'linear'", steps);
  }
  if (range === undefined) return;
  if (steps === 'quantiles') throw refuse('range of the manifold', 'is for linear steps', range);
  const within = (value: number) => Math.abs(value) <= FARTHEST_CODE;
  if (!(range.length === 2 && range.every(within) && range[0]! < range[1]!)) {
    throw refuse('range of the manifold', 'must be two increasing numbers between −1e30 and 1e30', range);
  }
}

const spaced = (from: number, to: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => from + ((to - from) * i) / (size - 1));

function noteOf(
  steps: ManifoldSteps,
  { byPrior, range }: { byPrior: boolean; range: ManifoldOptions['range'] },
): string {
  if (steps === 'quantiles') {
    const under = byPrior ? 'the prior' : "a Gaussian with the training codes' mean and spread";
    return `steps of equal probability under ${under}, its inner ${100 * COVERED} %`;
  }
  if (range !== undefined) return `steps of equal length from ${range[0]} to ${range[1]}`;
  if (byPrior) return `steps of equal length from −${PRIOR_REACH} to ${PRIOR_REACH}`;
  return `equal steps over the training codes' mean ± ${CODES_REACH} std, within their range`;
}
