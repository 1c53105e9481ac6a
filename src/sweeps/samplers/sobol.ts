/**
 * Sobol's sequence: points that fill the space evenly, also in each pair of settings. The direction numbers are those of
 * S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections" (2008), file new-joe-kuo-6,
 * dimensions 2 to 21; the first is van der Corput's. A digital shift drawn from the seed moves all points.
 */
import { HourglassError } from '../../errors.ts';
import { randomOf } from '../random.ts';
import { internalAt, pointBy } from '../space.ts';
import type { Sampler, SamplerInput } from './sampler.ts';

/** For each dimension the degree s and the coefficients a of its polynomial, and the first s direction integers. */
const TABLE: readonly (readonly [s: number, a: number, m: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
];

/** The most settings that the sequence has dimensions for. */
export const SOBOL_DIMENSIONS = TABLE.length + 1;
const BITS = 32;

export function sobolSampler({ space, seed }: SamplerInput): Sampler {
  if (space.length > SOBOL_DIMENSIONS) {
    throw new HourglassError('usage', {
      subject: '--search sobol',
      rule: `varies at most ${SOBOL_DIMENSIONS} settings`,
      got: space.length,
      hint: 'use --search random',
    });
  }
  const shifts = space.map((_, i) => Math.floor(randomOf(seed, 0x50b01, i)() * 2 ** BITS) >>> 0);
  return {
    next: (number) =>
      pointBy(space, ({ domain }, i) =>
        internalAt(domain, ((sobol(number, i) ^ shifts[i]!) >>> 0) / 2 ** BITS),
      ),
  };
}

/** The bits of a coordinate of a point: the sum, without carry, of the direction numbers of the bits of n's Gray code. */
export function sobol(n: number, dimension: number): number {
  const directions = directionsOf(dimension);
  let gray = (n ^ (n >>> 1)) >>> 0;
  let bits = 0;
  for (let k = 0; gray !== 0; k++, gray >>>= 1) if (gray & 1) bits ^= directions[k]!;
  return bits >>> 0;
}

const known = new Map<number, Uint32Array>();

function directionsOf(dimension: number): Uint32Array {
  const made = known.get(dimension);
  if (made !== undefined) return made;
  const v = new Uint32Array(BITS);
  if (dimension === 0) for (let k = 0; k < BITS; k++) v[k] = 2 ** (BITS - 1 - k);
  else {
    const [s, a, m] = TABLE[dimension - 1]!;
    for (let k = 0; k < BITS; k++) {
      if (k < s) {
        v[k] = m[k]! * 2 ** (BITS - 1 - k);
        continue;
      }
      let next = v[k - s]! ^ (v[k - s]! >>> s);
      for (let i = 1; i < s; i++) if ((a >>> (s - 1 - i)) & 1) next ^= v[k - i]!;
      v[k] = next >>> 0;
    }
  }
  known.set(dimension, v);
  return v;
}
