/** Walks from one code to another, decoded on the way. */

import type { FloatArray } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import type { Told } from '../classes.ts';
import { codesOf } from '../given-arrays.ts';
import type { Model } from '../model.ts';
import { requireWhole } from './checks.ts';

/**
 * `linear`: (1 − t) a + t b. `spherical`: along the great circle from a to b, (sin((1 − t) Ω) a + sin(t Ω) b) / sin Ω
 * with Ω the angle between them: codes on the way keep the length that a Gaussian's draws have (K. Shoemake 1985;
 * T. White, "Sampling Generative Networks", 2016).
 */
export type InterpolationMethod = 'linear' | 'spherical';

/** Walks in code space, decoded. */
export interface Interpolation {
  /** [pairs, steps, channels, height, width]. */
  images: FloatArray;
  /** [pairs, steps, units], both ends included. */
  codes: FloatArray;
}

/**
 * Decodes `steps` points, 2 or more, from each code of `first` to that of `second`, both [pairs, units], both ends
 * included.
 *
 * @throws HourglassError of kind `data` for codes that do not match; `usage` for a spherical walk in a code that is not
 * Gaussian.
 *
 * @example
 * ```ts
 * import { interpolate, loadModel, openDataset } from 'hourglass';
 *
 * await using model = await loadModel('runs/digits');
 * const { test } = await openDataset('mnist-10k');
 * const [a, b] = [await model.encode(test.images.subarray(0, 784)), await model.encode(test.images.subarray(784, 1568))];
 * const { images } = await interpolate(model, a.data, b.data, 7);
 * console.log(images.shape); // [ 1, 7, 1, 28, 28 ]
 * ```
 */
export async function interpolate(
  model: Pick<Model, 'info' | 'decode'>,
  first: Float32Array,
  second: Float32Array,
  steps: number,
  { method = 'linear', ...told }: { method?: InterpolationMethod } & Told = {},
): Promise<Interpolation> {
  const { codeUnits: units, prior, recipe, image } = model.info;
  requireWhole('steps', steps, 2);
  const [a, b] = [codesOf(first, units), codesOf(second, units)];
  if (a.length !== b.length) {
    throw new HourglassError('data', {
      subject: 'codes to walk between',
      rule: `must be as many on both sides, with ${units} units each`,
      got: `${a.length} and ${b.length} values`,
    });
  }
  if (method !== 'linear' && method !== 'spherical') {
    throw new HourglassError('usage', {
      subject: 'interpolation',
      rule: "must be 'linear' or 'spherical'",
      got: method,
    });
  }
  if (method === 'spherical' && !prior?.isStandardNormal) {
    throw new HourglassError('usage', {
      subject: 'spherical interpolation',
      rule: `is for Gaussian codes, whose draws lie near a sphere around 0; those of ${recipe} do not`,
      hint: 'use linear interpolation',
    });
  }
  const pairs = a.length / units;
  const codes = new Float32Array(pairs * steps * units);
  for (let pair = 0; pair < pairs; pair++) {
    const ends = [a, b].map((side) => side.subarray(pair * units, (pair + 1) * units)) as [
      Float32Array,
      Float32Array,
    ];
    const angle = method === 'spherical' ? angleBetween(...ends) : 0;
    for (let step = 0; step < steps; step++) {
      const [p, q] = shares(step / (steps - 1), angle);
      const at = (pair * steps + step) * units;
      for (let i = 0; i < units; i++) codes[at + i] = p * ends[0][i]! + q * ends[1][i]!;
    }
  }
  const { data } = await model.decode(codes, told);
  return {
    images: { data, shape: [pairs, steps, image.channels, image.height, image.width] },
    codes: { data: codes, shape: [pairs, steps, units] },
  };
}

/** The parts that both ends have in the point at t. */
function shares(t: number, angle: number): [number, number] {
  const sine = Math.sin(angle);
  // Ends in one direction, or in opposite ones: no great circle is the shortest.
  if (sine < 1e-6) return [1 - t, t];
  return [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
}

function angleBetween(a: Float32Array, b: Float32Array): number {
  let [product, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  if (aa === 0 || bb === 0) return 0;
  return Math.acos(Math.min(1, Math.max(-1, product / Math.sqrt(aa * bb))));
}
