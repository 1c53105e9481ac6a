/**
 * Bounds on an image's log-likelihood from importance weights. They are logarithms throughout: the weights
 * themselves, about e⁻¹⁰⁰, would be 0 in single precision.
 */

/** ln(1/n Σ exp(xᵢ)) of values[from … to), without overflow: their largest is taken out first. */
export function logMeanExp(values: ArrayLike<number>, from = 0, to = values.length): number {
  if (!(from < to)) throw new RangeError('logMeanExp: needs at least one value');
  let most = -Infinity;
  for (let i = from; i < to; i++) most = Math.max(most, values[i]!);
  if (!Number.isFinite(most)) return most;
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp(values[i]! - most);
  return most + Math.log(sum / (to - from));
}

/**
 * L_k = E[ln 1/k Σ wᵢ] ≤ ln p(x), with w = p(x, z) / q(z | x) and z from q (Burda, Grosse & Salakhutdinov, 2016):
 * L₁ is the ELBO, and L_k rises with k to ln p(x). Estimated as the mean over groups of k of one and the same
 * weights, each used once.
 * @param logWeights ln w of samples of one image; their number a multiple of k.
 * @returns nats. For k that divide one another, never less for the greater one.
 */
export function importanceBound(logWeights: ArrayLike<number>, k: number): number {
  const n = logWeights.length;
  if (!(Number.isInteger(k) && k >= 1 && n > 0 && n % k === 0))
    throw new RangeError(`importance bound: ${n} weights cannot be split into groups of ${k}`);
  let sum = 0;
  for (let from = 0; from < n; from += k) sum += logMeanExp(logWeights, from, from + k);
  return sum / (n / k);
}
