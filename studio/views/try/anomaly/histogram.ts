/** Scores as bars. */
import type { HeldOut } from '../threshold.ts';

export interface Axis {
  /** Scores from 0 to this; the last bar has all beyond. */
  readonly end: number;
  readonly bars: number;
}

/** An axis on which the held-out scores, the threshold and most of the given scores can be seen. */
export function axisFor(held: HeldOut | null, scores: ArrayLike<number>, bars: number): Axis {
  const sorted = Float64Array.from(scores).sort();
  const given = sorted.length === 0 ? 0 : sorted[Math.floor(0.98 * (sorted.length - 1))]!;
  const known = held === null ? 0 : held.quantiles.at(-1)!;
  // Beyond six times the largest held-out score, bars would leave the held-out ones no room.
  const end = known === 0 ? given : Math.min(Math.max(known, given), 6 * known);
  return { end: end > 0 ? 1.05 * end : 1, bars };
}

const barOf = (score: number, { end, bars }: Axis) =>
  Math.min(bars - 1, Math.max(0, Math.floor((score / end) * bars)));

/** The share of the scores in each bar; they add up to 1. */
export function sharesOf(scores: ArrayLike<number>, axis: Axis): Float64Array {
  const shares = new Float64Array(axis.bars);
  for (let i = 0; i < scores.length; i++) shares[barOf(scores[i]!, axis)]! += 1 / scores.length;
  return shares;
}

/** The same of held-out scores, of which the quantiles are known: between two neighbours lies an equal share of them. */
export function sharesOfHeldOut({ quantiles }: HeldOut, axis: Axis): Float64Array {
  const shares = new Float64Array(axis.bars);
  const width = axis.end / axis.bars;
  const each = 1 / (quantiles.length - 1);
  for (let i = 0; i + 1 < quantiles.length; i++) {
    const [low, high] = [quantiles[i]!, quantiles[i + 1]!];
    if (high - low < 1e-12) {
      shares[barOf(low, axis)]! += each;
      continue;
    }
    for (let bar = barOf(low, axis); bar <= barOf(high, axis); bar++) {
      const to = bar === axis.bars - 1 ? Infinity : (bar + 1) * width;
      const overlap = Math.min(high, to) - Math.max(low, bar === 0 ? -Infinity : bar * width);
      shares[bar]! += (each * Math.max(0, overlap)) / (high - low);
    }
  }
  return shares;
}
