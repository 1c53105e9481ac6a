/**
 * A Parzen estimator of settings, as Optuna 5.0 builds it by default (a prior of weight 1, the "magic clip" of narrow kernels): a
 * mixture of kernels, one around each trial and the prior. Over several settings a kernel is the product of one kernel for each:
 * a truncated normal around the trial's number, or a share of the choices.
 */
import { clamp, type Domain, wholeOf } from '../space.ts';
import { normalCdf, normalQuantile } from './normal.ts';

export interface Estimator {
  /** A draw: a number of each domain. */
  draw(random: () => number): number[];
  /** The logarithm of the density of these numbers, up to a constant that all estimators of the domains share. */
  logDensity(internal: readonly number[]): number;
}

/** The kernels of one setting, one for each trial and the prior as the last. */
interface Kernels {
  draw(kernel: number, random: () => number): number;
  /** Adds the logarithm of the density of a number under each kernel. */
  addLogDensities(internal: number, to: Float64Array): void;
}

/** Weights of observations from the oldest to the newest: the last 25 count fully, older ones less. */
export function defaultWeights(count: number): number[] {
  if (count < 25) return Array.from({ length: count }, () => 1);
  const ramp = count - 25;
  return Array.from({ length: count }, (_, i) =>
    i >= ramp ? 1 : ramp === 1 ? 1 / count : 1 / count + (i / (ramp - 1)) * (1 - 1 / count),
  );
}

/** @param observed what was tried, as numbers of each domain, from the oldest to the newest. */
export function parzen(domains: readonly Domain[], observed: readonly (readonly number[])[]): Estimator {
  const raw = [...defaultWeights(observed.length), 1];
  const total = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((one) => one / total);
  const settings = domains.map((domain, d) => {
    const values = observed.map((numbers) => numbers[d]!);
    return domain.type === 'choice' ? ofChoices(domain.values.length, values) : ofNumbers(domain, values);
  });
  const logs = Float64Array.from(weights, Math.log);
  return {
    draw(random) {
      const kernel = pick(weights, random());
      return settings.map(({ draw }) => draw(kernel, random));
    },
    logDensity(internal) {
      const densities = logs.slice();
      for (const [d, { addLogDensities }] of settings.entries()) addLogDensities(internal[d]!, densities);
      const most = densities.reduce((a, b) => Math.max(a, b));
      if (most === Number.NEGATIVE_INFINITY) return most;
      return most + Math.log(densities.reduce((sum, one) => sum + Math.exp(one - most), 0));
    },
  };
}

function ofChoices(count: number, observed: readonly number[]): Kernels {
  const kernels = observed.length + 1;
  // Each kernel has the prior's share of all choices, and its own choice besides; the last is the prior alone.
  const prior = 1 / kernels;
  const shareOf = (kernel: number, choice: number) =>
    kernel < observed.length
      ? (prior + (observed[kernel] === choice ? 1 : 0)) / (prior * count + 1)
      : 1 / count;
  return {
    draw(kernel, random) {
      const shares = Array.from({ length: count }, (_, choice) => shareOf(kernel, choice));
      return pick(shares, random());
    },
    addLogDensities(internal, to) {
      for (let kernel = 0; kernel < kernels; kernel++) to[kernel]! += Math.log(shareOf(kernel, internal));
    },
  };
}

type Numbers = Exclude<Domain, { type: 'choice' }>;

function ofNumbers(domain: Numbers, observed: readonly number[]): Kernels {
  const half = domain.type === 'int' ? domain.step / 2 : 0;
  const to = (value: number) => (domain.log ? Math.log(value) : value);
  const [low, high] = [to(domain.low - half), to(domain.high + half)];
  const span = high - low;
  const centres = [...observed.map(to), (low + high) / 2];
  const widths = widthsOf(centres, low, high);
  const bounds = centres.map(
    (centre, k) => [normalCdf((low - centre) / widths[k]!), normalCdf((high - centre) / widths[k]!)] as const,
  );
  return {
    draw(kernel, random) {
      const [from, until] = bounds[kernel]!;
      const x = clamp(
        centres[kernel]! + widths[kernel]! * normalQuantile(from + random() * (until - from)),
        low,
        high - span * 1e-12,
      );
      const value = domain.log ? Math.exp(x) : x;
      return domain.type === 'int' ? wholeOf(domain, value) : clamp(value, domain.low, domain.high);
    },
    addLogDensities(internal, sums) {
      const x = to(internal);
      const [a, b] = domain.type === 'int' ? [to(internal - half), to(internal + half)] : [x, x];
      for (const [k, centre] of centres.entries()) {
        const width = widths[k]!;
        const [from, until] = bounds[k]!;
        if (domain.type === 'int') {
          const mass = normalCdf((b - centre) / width) - normalCdf((a - centre) / width);
          sums[k]! += Math.log(Math.max(mass, Number.MIN_VALUE) / (until - from));
        } else {
          const z = (x - centre) / width;
          sums[k]! -= (z * z) / 2 + Math.log(width * (until - from));
        }
      }
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
