/** The square root of a covariance: what turns standard normal rows into rows with that covariance. */

/** A unit whose variance is explained by the units before it, to this share, adds nothing of its own. */
const NEGLIGIBLE = 1e-12;

/**
 * L with L Lᵀ the covariance, given as its lower triangle; L is lower triangular, by rows. This is Cholesky's decomposition,
 * except that units which never change, or follow from others, are allowed: their columns stay 0.
 */
export function rootOf(triangle: readonly (readonly number[])[]): Float64Array {
  const units = triangle.length;
  const root = new Float64Array(units * units);
  for (const [i, row] of triangle.entries()) {
    for (let j = 0; j <= i; j++) {
      let rest = row[j]!;
      for (let k = 0; k < j; k++) rest -= root[i * units + k]! * root[j * units + k]!;
      if (i === j) root[i * units + i] = rest > NEGLIGIBLE * row[i]! ? Math.sqrt(rest) : 0;
      else if (root[j * units + j] !== 0) root[i * units + j] = rest / root[j * units + j]!;
    }
  }
  return root;
}
