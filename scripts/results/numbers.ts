/** Means, deviations and intervals as the page writes them. */

export const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The sample standard deviation, with n − 1. */
export function deviation(values: readonly number[]): number {
  const mean = average(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Student's t at 97.5 %, by degrees of freedom from 1. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** Half the width of the 95 % interval of the mean of normally distributed values; for 2 to 10 values. */
export function halfInterval(values: readonly number[]): number {
  const t = STUDENT[values.length - 2];
  if (t === undefined) throw new RangeError(`no interval for ${values.length} values`);
  return (t * deviation(values)) / Math.sqrt(values.length);
}

/** A Markdown table whose first column is text and whose others are numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
