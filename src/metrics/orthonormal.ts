/**
 * Orthonormal vectors that span what some vectors span, and sums over long vectors. The loops go through a vector once
 * for several others: vectors of 50,000 values are slow to read, not to multiply.
 */

/**
 * Gram–Schmidt, in two passes for accuracy; a vector that depends on those before it is left out. Works in place. The
 * vectors also become orthogonal to those of `basis`, which are already orthonormal.
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
      for (let from = 0; from < kept.length; from += TOGETHER) {
        const others = kept.slice(from, from + TOGETHER);
        const shares = dots(vector, others).map((share) => -share);
        addScaled(vector, others, shares);
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    if (!(length > 1e-9 * longest)) continue;
    for (let i = 0; i < vector.length; i++) vector[i]! /= length;
    kept.push(vector);
  }
  return kept.slice(basis.length);
}

/** As many vectors are read together as {@link dots} and {@link addScaled} have variables for. */
const TOGETHER = 4;

/** ⟨vector, other⟩ for each of the others. */
export function dots(vector: Float64Array, others: readonly Float64Array[]): number[] {
  const result: number[] = [];
  let k = 0;
  for (; k + TOGETHER <= others.length; k += TOGETHER) {
    const [a, b, c, d] = [others[k]!, others[k + 1]!, others[k + 2]!, others[k + 3]!];
    let [sa, sb, sc, sd] = [0, 0, 0, 0];
    for (let i = 0; i < vector.length; i++) {
      const value = vector[i]!;
      sa += value * a[i]!;
      sb += value * b[i]!;
      sc += value * c[i]!;
      sd += value * d[i]!;
    }
    result.push(sa, sb, sc, sd);
  }
  for (; k < others.length; k++) result.push(dot(vector, others[k]!));
  return result;
}

/** Adds each of the others, times its factor, to the vector, in place. */
export function addScaled(
  vector: Float64Array,
  others: readonly Float64Array[],
  factors: readonly number[],
): void {
  let k = 0;
  for (; k + TOGETHER <= others.length; k += TOGETHER) {
    const [a, b, c, d] = [others[k]!, others[k + 1]!, others[k + 2]!, others[k + 3]!];
    const [fa, fb, fc, fd] = [factors[k]!, factors[k + 1]!, factors[k + 2]!, factors[k + 3]!];
    for (let i = 0; i < vector.length; i++) vector[i]! += fa * a[i]! + fb * b[i]! + fc * c[i]! + fd * d[i]!;
  }
  for (; k < others.length; k++) {
    const [other, factor] = [others[k]!, factors[k]!];
    for (let i = 0; i < vector.length; i++) vector[i]! += factor * other[i]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
