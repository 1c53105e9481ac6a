/** Codes drawn from what was fitted to the codes of a model. */
import type { FloatArray, ModelEngine } from '../../engine/index.ts';
import { rootOf } from '../../metrics/covariance-root.ts';
import { normalNumbers } from '../normal.ts';
import type { StoredMixture } from './mixture-file.ts';
import { uniformNumbers } from './uniform.ts';

/** A stream of random numbers of its own, apart from that of the normal numbers. */
export const CHOICE_STREAM = 1;

/** The roots of a mixture's covariances, made once for each. */
const roots = new WeakMap<StoredMixture, Float64Array[]>();

/**
 * Codes [count, units] of a mixture: for each code a Gaussian is chosen by its share, and the code drawn from it. The same for
 * the same seed; `first` is the position of the first one in its sequence.
 */
export function drawMixture(
  engine: ModelEngine,
  mixture: StoredMixture,
  count: number,
  seed: number,
  first = 0,
): FloatArray {
  const { weights, means, covariances, range } = mixture;
  const units = means[0]!.length;
  const normal = normalNumbers(engine, count * units, seed, first * units);
  const choices = uniformNumbers(engine, { count, seed, stream: CHOICE_STREAM, first });
  const factors = roots.get(mixture) ?? covariances.map(rootOf);
  roots.set(mixture, factors);
  const data = new Float32Array(count * units);
  for (let n = 0; n < count; n++) {
    const k = chosen(weights, choices[n]!);
    const [mean, factor, from] = [means[k]!, factors[k]!, n * units];
    for (let i = 0; i < units; i++) {
      let value = mean[i]!;
      for (let j = 0; j <= i; j++) value += factor[i * units + j]! * normal[from + j]!;
      data[from + i] = range === null ? value : Math.min(range.max[i]!, Math.max(range.min[i]!, value));
    }
  }
  return { data, shape: [count, units] };
}

/** The part of [0, 1) that a number falls into, where the parts are as long as the weights. */
function chosen(weights: readonly number[], at: number): number {
  let end = 0;
  for (const [k, weight] of weights.entries()) {
    end += weight;
    if (at < end) return k;
  }
  return weights.length - 1;
}
