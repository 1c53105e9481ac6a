/**
 * All principal components of a few large images, exactly: with X the centred images [n, pixels], an eigenvector u of
 * the inner products X Xᵀ [n, n] to the eigenvalue λ gives Xᵀu / √λ, one of the covariance.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Images } from './pca.ts';

/**
 * The `count` leading eigenvectors of the images' covariance, [components][pixels], orthonormal, by falling variance;
 * fewer where the images vary in fewer directions, as n of them do in n − 1 at most.
 */
export function componentsOfFew(images: Images, mean: Float64Array, count: number): Float64Array[] {
  const pixels = mean.length;
  const centred: Float64Array[] = [];
  for (const piece of images) {
    for (let start = 0; start < piece.length; start += pixels)
      centred.push(mean.map((value, i) => piece[start + i]! - value));
  }
  const products = new Matrix(centred.length, centred.length);
  for (const [a, image] of centred.entries()) {
    for (let b = 0; b <= a; b++) {
      const other = centred[b]!;
      let sum = 0;
      for (let i = 0; i < pixels; i++) sum += image[i]! * other[i]!;
      products.set(a, b, sum);
      products.set(b, a, sum);
    }
  }
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((value, k) => ({ value, k })).sort((p, q) => q.value - p.value);
  const least = Math.max(1e-9, 1e-10 * order[0]!.value);
  return order
    .filter(({ value }) => value > least)
    .slice(0, count)
    .map(({ value, k }) => {
      const component = new Float64Array(pixels);
      for (const [a, image] of centred.entries()) {
        const share = eigenvectorMatrix.get(a, k) / Math.sqrt(value);
        for (let i = 0; i < pixels; i++) component[i]! += share * image[i]!;
      }
      return component;
    });
}
