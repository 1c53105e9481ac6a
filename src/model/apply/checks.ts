import { HourglassError } from '../../errors.ts';

/** @throws HourglassError of kind 'usage' unless `value` is a whole number, `least` or more. */
export function requireWhole(subject: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new HourglassError('usage', {
    subject,
    rule: `must be a whole number, ${least} or more`,
    got: String(value),
  });
}
