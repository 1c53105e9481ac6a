/**
 * A Parzen estimator of one setting, as Optuna 5.0 builds it by default (each setting alone, a prior of weight 1, the "magic
 * clip" of narrow kernels): a mixture of truncated normals around what was tried, or of the choices that were tried.
 */
import { clamp, type Domain, wholeOf } from '../space.ts';
import { normalCdf, normalQuantile } from './normal.ts';

export interface Estimator {
  /** A draw, as a number of the domain. */
  draw(random: () => number): number;
  /** The logarithm of the density of a number, up to a constant that all estimators of the domain share. */
  logDensity(internal: number): number;
}

/** Weights of observations from the oldest to the newest: the last 25 count fully, older ones less. */
export function defaultWeights(count: number): number[] {
  if (count < 25) return Array.from({ length: count }, () => 1);
  const ramp = count - 25;
  return Array.from({ length: count }, (_, i) =>
    i >= ramp ? 1 : ramp === 1 ? 1 / count : 1 / count + (i / (ramp - 1)) * (1 - 1 / count),
  );
}

/** @param observed what was tried, as numbers of the domain, from the oldest to the newest. */
export function parzen(domain: Domain, observed: readonly number[]): Estimator {
  const raw = [...defaultWeights(observed.length), 1];
  const total = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((one) => one / total);
  return domain.type === 'choice'
    ? ofChoices(domain.values.length, observed, weights)
    : ofNumbers(domain, observed, weights);
}

function ofChoices(count: number, observed: readonly number[], weights: readonly number[]): Estimator {
  const kernels = observed.length + 1;
  // Each kernel has the prior's share of all choices, and its own choice besides; the last is the prior alone.
  const prior = 1 / kernels;
  const shares = new Float64Array(count);
  for (const [k, weight] of weights.entries()) {
    const sum = prior * count + (k < observed.length ? 1 : 0);
    for (let c = 0; c < count; c++) shares[c]! += (weight * (prior + (observed[k] === c ? 1 : 0))) / sum;
  }
  return {
    draw: (random) => pick(shares, random()),
    logDensity: (internal) => Math.log(shares[internal] ?? 0),
  };
}

type Numbers = Exclude<Domain, { type: 'choice' }>;

function ofNumbers(domain: Numbers, observed: readonly number[], weights: readonly number[]): Estimator {
  const half = domain.type === 'int' ? domain.step / 2 : 0;
  const to = (value: number) => (domain.log ? Math.log(value) : value);
  const [low, high] = [to(domain.low - half), to(domain.high + half)];
  const span = high - low;
  const centres = [...observed.map(to), (low + high) / 2];
  const widths = widthsOf(centres, low, high);
  const bounds = centres.map((centre, k) => [
    normalCdf((low - centre) / widths[k]!),
    normalCdf((high - centre) / widths[k]!),
  ]);
  return {
    draw(random) {
      const k = pick(weights, random());
      const [from, until] = bounds[k] as [number, number];
      const x = clamp(
        centres[k]! + widths[k]! * normalQuantile(from + random() * (until - from)),
        low,
        high - span * 1e-12,
      );
      const value = domain.log ? Math.exp(x) : x;
      return domain.type === 'int' ? wholeOf(domain, value) : clamp(value, domain.low, domain.high);
    },
    logDensity(internal) {
      const x = to(internal);
      const density = weights.reduce((sum, weight, k) => {
        const [from, until] = bounds[k] as [number, number];
        const [centre, width] = [centres[k]!, widths[k]!];
        if (domain.type === 'int') {
          const [a, b] = [to(internal - half), to(internal + half)];
          const mass = normalCdf((b - centre) / width) - normalCdf((a - centre) / width);
          return sum + (weight * mass) / (until - from);
        }
        const z = (x - centre) / width;
        return sum + (weight * Math.exp((-z * z) / 2)) / (width * (until - from));
      }, 0);
      return Math.log(Math.max(density, Number.MIN_VALUE));
    },
  };
}

/** Each kernel is as wide as the larger gap to its neighbours, and no narrower than a share of the range; the prior spans it. */
function widthsOf(centres: readonly number[], low: number, high: number): number[] {
  const span = high - low;
  const observed = centres.slice(0, -1);
  const order = observed.map((_, k) => k).sort((a, b) => observed[a]! - observed[b]!);
  const ends = [low, ...order.map((k) => observed[k]!), high];
  const sorted = order.map((_, i) => Math.max(ends[i + 1]! - ends[i]!, ends[i + 2]! - ends[i + 1]!));
  // The outermost of two kernels or more do not reach for the ends of the range.
  if (sorted.length > 1) {
    sorted[0] = ends[2]! - ends[1]!;
    sorted[sorted.length - 1] = ends.at(-2)! - ends.at(-3)!;
  }
  const least = span / Math.min(100, 1 + centres.length);
  const widths = centres.map(() => span);
  for (const [i, k] of order.entries()) widths[k] = clamp(sorted[i]!, least, span);
  return widths;
}

/** A position by its weight. */
function pick(weights: ArrayLike<number>, share: number): number {
  let left = share;
  for (let k = 0; k < weights.length - 1; k++) {
    left -= weights[k]!;
    if (left < 0) return k;
  }
  return weights.length - 1;
}
