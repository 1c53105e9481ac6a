/** Settings in a line, for example "units 8, learningRate 0.0021". */
import type { Value } from './space.ts';

/** Each setting by the end of its path that tells it from the others. */
export function settingsText(settings: Readonly<Record<string, Value>>): string {
  const names = shortNames(Object.keys(settings));
  return Object.entries(settings)
    .map(([path, value]) => `${names.get(path)} ${valueText(value)}`)
    .join(', ');
}

/** To four significant digits; a list or an object as JSON. */
export const valueText = (value: Value): string => {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : Number(value.toPrecision(4)).toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The shortest ends of paths that are all different. */
export function shortNames(paths: readonly string[]): Map<string, string> {
  const end = (path: string, parts: number) => path.split('.').slice(-parts).join('.');
  return new Map(
    paths.map((path) => {
      let parts = 1;
      while (
        parts < path.split('.').length &&
        paths.some((other) => other !== path && end(other, parts) === end(path, parts))
      )
        parts++;
      return [path, end(path, parts)];
    }),
  );
}
