import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { leadingEigenvectors } from './leading.ts';
import { randomDirections } from './random-directions.ts';

/** Q diag(values) Qᵀ with Q from the eigenvectors of a random symmetric matrix. */
function matrixWith(values: readonly number[]): Float64Array {
  const size = values.length;
  const random = new Matrix(randomDirections(size, size).map((row) => [...row]));
  const q = new EigenvalueDecomposition(random.add(random.transpose()), { assumeSymmetric: true })
    .eigenvectorMatrix;
  const scaled = Matrix.mul(q, Matrix.ones(size, 1).mmul(Matrix.rowVector([...values])));
  const whole = scaled.mmul(q.transpose());
  return Float64Array.from({ length: size * size }, (_, i) => {
    const [a, b] = [Math.floor(i / size), i % size];
    return (whole.get(a, b) + whole.get(b, a)) / 2;
  });
}

const times = (matrix: Float64Array, vector: Float64Array): number[] =>
  Array.from(vector.keys(), (i) =>
    vector.reduce((sum, value, j) => sum + value * matrix[i * vector.length + j]!, 0),
  );

const product = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

const SIZE = 160;
const cases: Readonly<Record<string, readonly number[]>> = {
  'that fall as those of pictures do': Array.from({ length: SIZE }, (_, i) => 1 / (i + 1) ** 1.3),
  'that are nearly alike': Array.from({ length: SIZE }, (_, i) => 1 + 0.001 * (SIZE - i)),
  'that are all the same': Array.from({ length: SIZE }, () => 0.25),
  'of which several are equal': Array.from({ length: SIZE }, (_, i) => (i < 6 ? 3 : 1 / (i + 1))),
  'of which most are zero': Array.from({ length: SIZE }, (_, i) => (i < 5 ? 5 - i : 0)),
};

describe('the leading eigenvectors of a matrix with eigenvalues', () => {
  test.each(Object.entries(cases))('%s', (_, values) => {
    const matrix = matrixWith(values);
    for (const wanted of [1, 4, 13, 40]) {
      const found = leadingEigenvectors(matrix, SIZE, wanted);
      expect(found.length).toBeGreaterThanOrEqual(Math.min(wanted, values.filter((v) => v > 0).length));
      const held = found.map((vector) => product(vector, times(matrix, vector)));
      for (const [k, value] of held.entries()) expect(value).toBeCloseTo(values[k]!, 9);
      for (const [k, vector] of found.entries()) {
        for (const [j, other] of found.entries())
          expect(Math.abs(product(vector, other) - (k === j ? 1 : 0))).toBeLessThan(1e-9);
      }
    }
  });

  test('of a small matrix', () => {
    expect([...leadingEigenvectors(Float64Array.of(4), 1, 1)[0]!].map(Math.abs)).toEqual([1]);
    const [first] = leadingEigenvectors(Float64Array.of(2, 1, 1, 2), 2, 1);
    expect(Math.abs(first![0]!)).toBeCloseTo(Math.SQRT1_2, 12);
  });
});
