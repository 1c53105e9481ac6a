/** Round numbers along an axis. */

/** About `most` values at steps of 1, 2 or 5 times a power of ten, within a range. */
export function ticks(from: number, to: number, most: number): number[] {
  if (!(to > from) || !Number.isFinite(to - from) || most < 1) return [];
  const step = stepOf((to - from) / most);
  const found: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to + step * 1e-9; i++) found.push(i * step);
  return found;
}

function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least * (1 - 1e-9))!;
}

/** The values as text, all with the decimals that their step needs. */
export function tickLabels(values: readonly number[]): string[] {
  const step = values.length < 2 ? Math.abs(values[0] ?? 1) : Math.abs(values[1]! - values[0]!);
  const largest = Math.max(...values.map(Math.abs), 0);
  const sign = (text: string) => text.replace('-', '−').replace('e+', 'e');
  if (largest >= 1e5 || (step > 0 && step < 1e-4)) return values.map((value) => sign(value.toExponential(1)));
  const decimals = step > 0 ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 0;
  return values.map((value) => sign((Math.abs(value) < step * 1e-6 ? 0 : value).toFixed(decimals)));
}

/** A number for a reader: three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential(2)
      : String(Number(value.toPrecision(3)));
  return text.replace('-', '−').replace('e+', 'e');
}
