/** The ticks of an axis: round numbers, few enough to read, and their texts. */

export interface Scale {
  min: number;
  max: number;
  /** Values within [min, max], ascending. */
  ticks: number[];
  /** The text of a tick. */
  label(tick: number): string;
}

/** Ticks at multiples of 1, 2 or 5 times a power of ten; the ends are such multiples too. */
export function linearScale(low: number, high: number, count: number): Scale {
  // One value alone stands in the middle of its own size.
  const apart = high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high));
  const spread = apart ? high - low : Math.abs(low) || 1;
  const [from, to] = apart ? [low, high] : [low - spread / 2, high + spread / 2];
  const step = niceStep(spread / count);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  // As many decimals as the step has: 0.10 stands above 0.08.
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const plain = decimals <= 5 && Math.max(Math.abs(from), Math.abs(to)) < 1e6;
  const label = (tick: number) => (plain ? tick.toFixed(decimals).replace('-', '−') : tickLabel(tick));
  return { min: first * step, max: last * step, ticks: multiples(first, last, step), label };
}

/** The values' own range with a little room on either side, and the round numbers within it. */
export function paddedScale(low: number, high: number, count: number): Scale {
  const round = linearScale(low, high, count);
  if (!(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high)))) return round;
  const room = 0.04 * (high - low);
  const [min, max] = [low - room, high + room];
  return { ...round, min, max, ticks: round.ticks.filter((tick) => tick >= min && tick <= max) };
}

/** The scale with as many ticks as leave their labels apart on an axis of a length; every second, third, … or zero. */
export function spacedTicks(scale: Scale, length: number, widthOf: (label: string) => number): Scale {
  const { ticks, label, min, max } = scale;
  const widest = Math.max(...ticks.map((tick) => widthOf(label(tick)))) + 8;
  const between = ticks.length < 2 ? length : ((ticks[1]! - ticks[0]!) / (max - min)) * length;
  const every = Math.max(1, Math.ceil(widest / between));
  const zero = Math.max(
    0,
    ticks.findIndex((tick) => Math.abs(tick) < (max - min) * 1e-9),
  );
  return { ...scale, ticks: ticks.filter((_, i) => (i - zero) % every === 0) };
}

/** From zero to a number of things: whole ticks, thousands written as 10k. */
export function countScale(most: number, count: number): Scale {
  const { min, max, ticks } = linearScale(0, Math.max(1, most), count);
  const label = (tick: number) => (max < 1e4 || tick === 0 ? tickLabel(tick) : `${tickLabel(tick / 1000)}k`);
  return { min, max, ticks: ticks.filter(Number.isInteger), label };
}

/** Multiples of a whole number, and the first epoch, between the first epoch and the last. */
export function epochScale(low: number, high: number, count: number): Scale {
  if (low === high) return { min: low - 1, max: high + 1, ticks: [low], label: tickLabel };
  const step = Math.max(1, niceStep((high - low) / count));
  const ticks = multiples(Math.ceil(low / step), Math.floor(high / step), step);
  if (ticks.length === 0 || ticks[0]! - low >= step / 2) ticks.unshift(low);
  return { min: low, max: high, ticks, label: tickLabel };
}

/** Base-ten logarithm: powers of ten, with 2 and 5 between them, or all of 1…9, where the range is short. */
export function logScale(low: number, high: number): Scale {
  const [from, to] = high > low ? [low, high] : [low / 2, high * 2];
  const decades = Math.log10(to / from);
  const digits = decades > 4 ? [1] : decades > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const every = Math.max(1, Math.ceil(decades / 8));
  const all: number[] = [];
  for (
    let power = Math.floor(Math.log10(from)) - every;
    power <= Math.ceil(Math.log10(to)) + every;
    power++
  ) {
    if (power % every === 0) for (const digit of digits) all.push(Number(`${digit}e${power}`));
  }
  const min = all.findLast((tick) => tick <= from * (1 + 1e-9))!;
  const max = all.find((tick) => tick >= to * (1 - 1e-9))!;
  return { min, max, ticks: all.filter((tick) => tick >= min && tick <= max), label: tickLabel };
}

/** A number as an axis shows it: 0.05, 120, 2e-5; never 0.30000000000000004. */
export function tickLabel(value: number): string {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(rounded);
  const text = size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential() : String(rounded);
  return text.replace('e+', 'e').replaceAll('-', '−');
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((digit) => digit * power >= rough * (1 - 1e-9)) ?? 10;
  return step * power;
}

function multiples(first: number, last: number, step: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
