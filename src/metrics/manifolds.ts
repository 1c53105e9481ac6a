/**
 * Whether generated samples lie where real ones do, and cover them: precision and recall (Kynkäänniemi et al., 2019), density and
 * coverage (Naeem et al., 2020). Each set's manifold is the union of balls around its points, as far as their k-th nearest neighbours.
 */

/** Rows of features, [count, width]. */
export interface FeatureRows {
  data: Float32Array;
  count: number;
  width: number;
}

/** How two sets of samples lie to each other. */
export interface ManifoldFigures {
  /** The share of the generated samples within the real manifold. */
  precision: number;
  /** The share of the real samples within the generated manifold. */
  recall: number;
  /** How many real balls a generated sample is in, mean over these, divided by k; above 1 where they gather in dense places. */
  density: number;
  /** The share of the real samples whose ball has a generated one in it. */
  coverage: number;
}

/** Neighbours of the manifolds, as in the papers. */
export const PRECISION_NEIGHBOURS = 3;
export const COVERAGE_NEIGHBOURS = 5;

/** The squared distance between row i of one set and row j of another. */
function distance(a: FeatureRows, i: number, b: FeatureRows, j: number): number {
  const { width } = a;
  let sum = 0;
  for (let k = 0, p = i * width, q = j * width; k < width; k++, p++, q++) {
    const difference = a.data[p]! - b.data[q]!;
    sum += difference * difference;
  }
  return sum;
}

/** The squared distances of each row from its k-th nearest other row, for each of several k. */
function radii(rows: FeatureRows, ks: readonly number[]): Float64Array[] {
  const most = Math.max(...ks);
  const result = ks.map(() => new Float64Array(rows.count));
  const nearest = new Float64Array(most);
  for (let i = 0; i < rows.count; i++) {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < rows.count; j++) {
      if (i === j) continue;
      const far = distance(rows, i, rows, j);
      if (far >= nearest[most - 1]!) continue;
      let at = most - 1;
      for (; at > 0 && nearest[at - 1]! > far; at--) nearest[at] = nearest[at - 1]!;
      nearest[at] = far;
    }
    for (const [which, k] of ks.entries()) result[which]![i] = nearest[Math.min(k, rows.count - 1) - 1]!;
  }
  return result;
}

/**
 * Compares generated samples with real ones by their features. Both need two or more rows of one width.
 * @throws RangeError for fewer rows, and for rows of different widths.
 */
export function manifoldFigures(real: FeatureRows, generated: FeatureRows): ManifoldFigures {
  if (real.count < 2 || generated.count < 2 || real.width !== generated.width) {
    throw new RangeError(
      `manifolds need two or more rows of one width, got ${real.count} × ${real.width} and ${generated.count} × ${generated.width}`,
    );
  }
  const [near, far] = radii(real, [PRECISION_NEIGHBOURS, COVERAGE_NEIGHBOURS]) as [
    Float64Array,
    Float64Array,
  ];
  const [ours] = radii(generated, [PRECISION_NEIGHBOURS]) as [Float64Array];
  const isReal = new Uint8Array(generated.count);
  const [isFound, isCovered] = [new Uint8Array(real.count), new Uint8Array(real.count)];
  let balls = 0;
  for (let i = 0; i < real.count; i++) {
    for (let j = 0; j < generated.count; j++) {
      const apart = distance(real, i, generated, j);
      if (apart <= near[i]!) isReal[j] = 1;
      if (apart <= ours[j]!) isFound[i] = 1;
      if (apart > far[i]!) continue;
      balls++;
      isCovered[i] = 1;
    }
  }
  const share = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  const k = Math.min(COVERAGE_NEIGHBOURS, real.count - 1);
  return {
    precision: share(isReal),
    recall: share(isFound),
    density: balls / (k * generated.count),
    coverage: share(isCovered),
  };
}
