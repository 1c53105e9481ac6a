/** The square root of a covariance: what turns standard normal rows into rows with that covariance. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * A with A Aᵀ the covariance, given as its lower triangle: V √Λ of its eigenvectors and eigenvalues. Units that never
 * change make a covariance of less than full rank, which Cholesky's decomposition refuses.
 */
export function rootOf(triangle: readonly (readonly number[])[]): Float64Array {
  const units = triangle.length;
  const matrix = new Matrix(units, units);
  for (const [i, row] of triangle.entries()) {
    for (const [j, value] of row.entries()) {
      matrix.set(i, j, value);
      matrix.set(j, i, value);
    }
  }
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const root = new Float64Array(units * units);
  for (let i = 0; i < units; i++) {
    for (let j = 0; j < units; j++) {
      root[i * units + j] = vectors.get(i, j) * Math.sqrt(Math.max(0, realEigenvalues[j]!));
    }
  }
  return root;
}
