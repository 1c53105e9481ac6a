/** How often a threshold flags samples like those that were held out, and how sure that is. */
import { HourglassError } from '../errors.ts';

/** The probability with which an interval holds the true rate. */
const CONFIDENCE = 0.95;

/** A share of samples, and the interval that holds it with a probability of 95 %. */
export interface FalseAlarms {
  /** The share of the held-out samples that the threshold flags. */
  rate: number;
  /** The lowest rate that agrees with it. */
  low: number;
  /** The highest. */
  high: number;
  /** The number of held-out samples. */
  samples: number;
}

/**
 * Where a quantile of the distribution lies among n scores of it, as a level from 0 (the smallest) to 1 (the largest): at place
 * (n + 1) · quantile, so that a new score is above it with a probability of 1 − quantile (Hyndman and Fan's type 6). The quantile
 * of the scores themselves, at level = quantile, is exceeded more often: at 0.99 of 100 scores by 2 in 100. Few scores do not
 * reach far: then it is the largest.
 */
export const levelOfQuantile = (samples: number, quantile: number): number =>
  samples === 1 ? 1 : Math.min(1, Math.max(0, ((samples + 1) * quantile - 1) / (samples - 1)));

/** The inverse of {@link levelOfQuantile}. */
export const quantileOfLevel = (samples: number, level: number): number =>
  (level * (samples - 1) + 1) / (samples + 1);

/**
 * The level among n held-out scores above which a new sample like them lies with a probability of at most `rate`: that of the
 * ⌈(n + 1)(1 − rate)⌉-th smallest score (split conformal prediction; Vovk et al. 2005, Papadopoulos et al. 2002).
 * @throws HourglassError (usage) for a rate outside of (0, 1), and for one that so few samples cannot tell: below 1/(n + 1).
 */
export function levelForFalseAlarms(samples: number, rate: number): number {
  if (!(rate > 0 && rate < 1)) {
    throw new HourglassError('usage', {
      subject: 'rate of false alarms',
      rule: 'must be above 0 and below 1',
      got: rate,
    });
  }
  // Rounding must not take a whole number up by one.
  const place = Math.ceil((samples + 1) * (1 - rate) - 1e-9);
  if (place > samples) {
    const least = 1 / (samples + 1);
    throw new HourglassError('usage', {
      subject: 'rate of false alarms',
      rule: `must be at least ${Number(least.toPrecision(2))}: ${samples.toLocaleString('en')} held-out samples tell no rarer ones`,
      got: rate,
      hint: 'hold out more samples when training, or set the threshold yourself',
    });
  }
  return samples === 1 ? 1 : (place - 1) / (samples - 1);
}

/**
 * The exact interval of a rate of which `count` of `samples` were seen (Clopper and Pearson, 1934): the rates that make neither
 * as few nor as many of them less probable than (1 − {@link CONFIDENCE}) / 2.
 */
export function falseAlarmsOf(count: number, samples: number): FalseAlarms {
  const tail = (1 - CONFIDENCE) / 2;
  const rateWhere = (isBelow: (rate: number) => boolean) => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (isBelow(middle)) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return {
    rate: count / samples,
    low: count === 0 ? 0 : rateWhere((rate) => 1 - atMost(count - 1, samples, rate) < tail),
    high: count === samples ? 1 : rateWhere((rate) => atMost(count, samples, rate) > tail),
    samples,
  };
}

/** P(X ≤ count), X binomial: sums of logarithms, so that the powers of large samples do not vanish. */
function atMost(count: number, samples: number, rate: number): number {
  // The shorter tail.
  if (2 * count > samples) return 1 - atMost(samples - count - 1, samples, 1 - rate);
  const odds = Math.log(rate) - Math.log1p(-rate);
  let logarithm = samples * Math.log1p(-rate);
  let sum = Math.exp(logarithm);
  for (let i = 0; i < count; i++) {
    logarithm += Math.log((samples - i) / (i + 1)) + odds;
    sum += Math.exp(logarithm);
  }
  return Math.min(1, sum);
}
