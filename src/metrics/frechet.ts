/** How far two sets of features lie apart as Gaussians: the Fréchet distance (Dowson & Landau, 1982). */
import type { Moments } from './moments.ts';

/** A Gaussian: the mean and the covariance of features. */
export type Gaussian = Pick<Moments, 'mean'> & { covariance: Float64Array };

/**
 * ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½), in squared units of the features. The trace of the root is that of
 * (Σ₁^½ Σ₂ Σ₁^½)^½, a symmetric matrix.
 */
export async function frechetDistance(one: Gaussian, other: Gaussian): Promise<number> {
  // With all that it imports it is large: loaded when used.
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  const width = one.mean.length;
  const matrixOf = ({ covariance }: Gaussian) => Matrix.from1DArray(width, width, covariance);
  const [a, b] = [matrixOf(one), matrixOf(other)];
  const roots = (values: readonly number[]) => values.map((value) => Math.sqrt(Math.max(0, value)));
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(a, {
    assumeSymmetric: true,
  });
  const root = vectors.mmul(Matrix.diag(roots(realEigenvalues))).mmul(vectors.transpose());
  const between = root.mmul(b).mmul(root);
  const symmetric = Matrix.add(between, between.transpose()).mul(0.5);
  const shared = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true }).realEigenvalues;
  const means = one.mean.reduce((sum, value, i) => sum + (value - other.mean[i]!) ** 2, 0);
  const rootTrace = roots(shared).reduce((sum, value) => sum + value, 0);
  return Math.max(0, means + a.trace() + b.trace() - 2 * rootTrace);
}
