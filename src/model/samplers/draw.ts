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
 * the same seed; `first` is the position of the first one in its sequence. Of a mixture for each class, a code with a label is drawn
 * from the Gaussians of this class alone.
 */
export function drawMixture(
  engine: ModelEngine,
  mixture: StoredMixture,
  count: number,
  seed: number,
  first = 0,
  labels: Uint8Array | null = null,
): FloatArray {
  const { means, covariances, range } = mixture;
  const units = means[0]!.length;
  const normal = normalNumbers(engine, count * units, seed, first * units);
  const choices = uniformNumbers(engine, { count, seed, stream: CHOICE_STREAM, first });
  const factors = roots.get(mixture) ?? covariances.map(rootOf);
  roots.set(mixture, factors);
  const weightsFor = sharesByLabel(mixture);
  const data = new Float32Array(count * units);
  for (let n = 0; n < count; n++) {
    const k = chosen(weightsFor(labels?.[n]), choices[n]!);
    const [mean, factor, from] = [means[k]!, factors[k]!, n * units];
    for (let i = 0; i < units; i++) {
      let value = mean[i]!;
      for (let j = 0; j <= i; j++) value += factor[i * units + j]! * normal[from + j]!;
      data[from + i] = range === null ? value : Math.min(range.max[i]!, Math.max(range.min[i]!, value));
    }
  }
  return { data, shape: [count, units] };
}

/** The shares of the Gaussians for a label: those of other classes have none. */
function sharesByLabel({ weights, labels }: StoredMixture): (label: number | undefined) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (label) => {
    if (label === undefined || labels === undefined) return weights;
    const before = known.get(label);
    if (before !== undefined) return before;
    const own = weights.map((weight, k) => (labels[k] === label ? weight : 0));
    const sum = own.reduce((total, weight) => total + weight, 0);
    // A class without codes, as one that was added by hand to a recipe, has those of all.
    const shares = sum === 0 ? weights : own.map((weight) => weight / sum);
    known.set(label, shares);
    return shares;
  };
}

/** The part of [0, 1) that a number falls into, where the parts are as long as the weights. */
function chosen(weights: readonly number[], at: number): number {
  let end = 0;
  for (const [k, weight] of weights.entries()) {
    end += weight;
    if (at < end) return k;
  }
  return weights.findLastIndex((weight) => weight > 0);
}
