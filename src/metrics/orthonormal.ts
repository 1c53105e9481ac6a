/** Orthonormal vectors that span what some vectors span. */

/**
 * Gram–Schmidt, in two passes for accuracy; a vector that depends on those before it is left out. Works in place. The
 * vectors become orthogonal to those of `basis`, which are orthonormal already, too.
 */
export function orthonormal(
  vectors: readonly Float64Array[],
  passes: 1 | 2,
  basis: readonly Float64Array[] = [],
): Float64Array[] {
  const kept = [...basis];
  const longest = Math.max(...vectors.map((vector) => Math.sqrt(dot(vector, vector))));
  for (const vector of vectors) {
    for (let pass = 0; pass < passes; pass++) {
      for (const other of kept) {
        const share = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i]! -= share * other[i]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > 1e-9 * longest)) continue;
    for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    kept.push(vector);
  }
  return kept.slice(basis.length);
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
