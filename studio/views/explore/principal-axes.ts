/**
 * The directions in which codes vary most: the leading eigenvectors of their covariance, by subspace iteration on a sample
 * of the rows, without forming the covariance (codes can have thousands of units).
 */
import { inSlices } from '../../parts/slices.ts';
import type { Codes } from './codes.ts';

export interface PrincipalAxes {
  /** [units]. */
  readonly mean: Float32Array;
  /** [axes][units], each of length 1, by falling variance. */
  readonly axes: readonly Float32Array[];
  /** The share of the variance along each. */
  readonly shares: readonly number[];
}

/** Numbers in the sample. */
const SAMPLE = 2e6;
/** Iterations: directions whose variances differ by a tenth are then told apart. */
const ROUNDS = 30;
/** Of many axes the span matters, not the order of those that are nearly alike. */
const MANY = { axes: 10, rounds: 4 };
/** Rows of the sample for each axis, at least, where there are so many. */
const ROWS_FOR_AXIS = 4;
/** Directions that are followed beyond those wanted: they make it converge. */
const MORE = 3;

export async function principalAxes(
  { values, units, count }: Codes,
  wanted: number,
  signal?: AbortSignal,
  onRound: (done: number, of: number) => void = () => {},
): Promise<PrincipalAxes> {
  const step = Math.max(
    1,
    Math.min(Math.ceil((count * units) / SAMPLE), Math.floor(count / (ROWS_FOR_AXIS * wanted))),
  );
  const rows: number[] = [];
  for (let i = 0; i < count; i += step) {
    let sum = 0;
    for (let u = 0; u < units; u++) sum += values[i * units + u]!;
    if (Number.isFinite(sum)) rows.push(i * units);
  }
  const mean = new Float64Array(units);
  for (const row of rows) for (let u = 0; u < units; u++) mean[u]! += values[row + u]! / rows.length;
  let total = 0;
  for (const row of rows) for (let u = 0; u < units; u++) total += (values[row + u]! - mean[u]!) ** 2;

  const kept = Math.min(units, wanted + MORE);
  let axes = orthonormal(Array.from({ length: kept }, (_, k) => beginning(k, units)));
  const rounds = wanted > MANY.axes ? MANY.rounds : ROUNDS;
  let variances = new Float64Array(kept);
  for (let round = 0; round < rounds && total > 0; round++) {
    onRound(round, rounds);
    const next = axes.map(() => new Float64Array(units));
    variances = new Float64Array(kept);
    await inSlices(
      rows.length,
      (r) => {
        const row = rows[r]!;
        for (let k = 0; k < kept; k++) {
          const axis = axes[k]!;
          let along = 0;
          for (let u = 0; u < units; u++) along += (values[row + u]! - mean[u]!) * axis[u]!;
          variances[k]! += along * along;
          const sum = next[k]!;
          for (let u = 0; u < units; u++) sum[u]! += along * (values[row + u]! - mean[u]!);
        }
      },
      { signal },
    );
    axes = orthonormal(next);
  }
  return {
    mean: Float32Array.from(mean),
    axes: axes.slice(0, wanted).map(signed),
    shares: Array.from({ length: Math.min(kept, wanted) }, (_, k) => (total > 0 ? variances[k]! / total : 0)),
  };
}

/** Any directions that are not all orthogonal to those looked for; the same every time. */
const beginning = (k: number, units: number): Float64Array =>
  Float64Array.from(
    { length: units },
    (_, u) => Math.sin(1 + u * (k + 1) * 1.7) + (u % (k + 2) === 0 ? 1 : 0),
  );

/** Gram and Schmidt's. A direction that depends on the earlier ones is replaced by one that does not. */
function orthonormal(given: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const [k, vector] of given.entries()) {
    let own = without(vector, done);
    for (let u = 0; length(own) < 1e-9 * Math.max(length(vector), 1e-30) || length(own) === 0; u++) {
      const unit = new Float64Array(vector.length);
      unit[(k + u) % vector.length] = 1;
      own = without(unit, done);
    }
    const size = length(own);
    done.push(own.map((value) => value / size));
  }
  return done;
}

function without(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  const rest = vector.slice();
  for (const other of others) {
    let along = 0;
    for (let u = 0; u < rest.length; u++) along += rest[u]! * other[u]!;
    for (let u = 0; u < rest.length; u++) rest[u]! -= along * other[u]!;
  }
  return rest;
}

const length = (vector: Float64Array): number =>
  Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

/** Of the two directions along an axis, the one whose largest part is positive: the same codes always give the same plane. */
function signed(axis: Float64Array): Float32Array {
  const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return Float32Array.from(axis, (value) => (largest < 0 ? -value : value));
}

/** Where codes lie along the axes: [axes][count]. */
export async function along(
  { values, units, count }: Codes,
  { mean, axes }: PrincipalAxes,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const places = axes.map(() => new Float32Array(count));
  await inSlices(
    count,
    (i) => {
      for (const [k, axis] of axes.entries()) {
        let sum = 0;
        for (let u = 0; u < units; u++) sum += (values[i * units + u]! - mean[u]!) * axis[u]!;
        places[k]![i] = sum;
      }
    },
    { signal },
  );
  return places;
}
