/** Checks of the input of pictures, with uniform errors. */
import { HourglassError } from '../errors.ts';

/** Bad input to a picture; `got` is left out if there is nothing to show. */
export function wrong(subject: string, rule: string, got?: unknown): HourglassError {
  return new HourglassError('usage', { subject, rule, ...(got === undefined ? {} : { got }) });
}

/** @throws HourglassError('usage', …) unless all values are finite; the subject names whose they are. */
export function checkFinite(subject: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw wrong(subject, `value ${i} must be finite`, String(values[i]));
  }
}

/** @throws HourglassError('usage', …) unless the range is two ascending numbers. */
export function checkRange(subject: string, range: readonly [number, number] | undefined): void {
  if (range === undefined) return;
  const ascending = Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[1] > range[0];
  if (!ascending) throw wrong(subject, 'must be two ascending numbers', range);
}

/** @throws HourglassError('usage', …) unless the value is a whole number within [low, high]. */
export function checkWhole(subject: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw wrong(subject, `must be a whole number from ${low} to ${high}`, String(value));
}

/** The least and the greatest of some values, of which there is at least one. */
export function extent(...groups: readonly ArrayLike<number>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const values of groups) {
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
  }
  return [low, high];
}
