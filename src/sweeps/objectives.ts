/** What trials are judged by: figures on the validation split, and the order that they make. */
import { HourglassError } from '../errors.ts';
import { FIGURES } from '../metrics/index.ts';
import { nearest } from '../suggest.ts';

export interface Objective {
  /** The figure's key in results.json. */
  readonly key: string;
  readonly name: string;
  readonly better: 'lower' | 'higher';
}

/** Figures that every evaluation measures and of which one way is better. */
const JUDGING = FIGURES.filter(({ request, better }) => request === null && better !== null);

/** @throws HourglassError (usage) for a figure that is not in the table, or that ranks nothing. */
export function objectiveOf(key: string): Objective {
  const figure = JUDGING.find((one) => one.key === key);
  if (figure !== undefined) return { key, name: figure.name, better: figure.better! };
  const keys = JUDGING.map((one) => one.key);
  const meant = nearest(key, keys);
  throw new HourglassError('usage', {
    subject: '--objective',
    rule: `must be one of ${keys.join(', ')}`,
    got: key,
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

/** The settings that say what the loss is: between other values of these the loss compares nothing. */
const LOSS_PATHS = ['loss', 'penalties', 'corruption', 'model.code'];

/** The first setting that varies and changes the samples that trials are judged on, so that no figure compares them. */
export const changesSamples = (paths: readonly string[]): string | undefined =>
  paths.find((path) => path === 'data' || path.startsWith('data.'));

/** The first setting that varies and changes the meaning of the loss. The number of code units does not. */
export const changesLoss = (paths: readonly string[]): string | undefined =>
  paths.find(
    (path) =>
      LOSS_PATHS.some((one) => path === one || path.startsWith(`${one}.`)) &&
      !/^model\.code\.(units|activation|channels)$/.test(path),
  );

/** A copy in the order of a value, the best first; equal ones keep their order. */
export function betterFirst<T>(
  items: readonly T[],
  better: Objective['better'],
  value: (item: T) => number,
): T[] {
  const sign = better === 'lower' ? 1 : -1;
  return [...items].sort((a, b) => sign * (value(a) - value(b)));
}

/**
 * Items in fronts: on the first no item is worse than another in one objective without being better in a second. Each item
 * goes to the first front that has nothing to beat it, found by bisection (X. Zhang et al., "An efficient approach to
 * nondominated sorting", 2015).
 */
export function layersOf<T>(
  items: readonly T[],
  directions: readonly Objective['better'][],
  values: (item: T) => readonly number[],
): T[][] {
  const signed = lowerIsBetter(items, directions, values);
  const layers: number[][] = [];
  for (const i of lexicographic(signed)) {
    let [from, to] = [0, layers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBeaten(signed, layers[middle]!, i)) from = middle + 1;
      else to = middle;
    }
    const layer = layers[from];
    if (layer === undefined) layers.push([i]);
    else layer.push(i);
  }
  return layers.map((layer) => layer.sort((a, b) => a - b).map((i) => items[i]!));
}

/** The items that no other dominates. */
export function frontOf<T>(
  items: readonly T[],
  directions: readonly Objective['better'][],
  values: (item: T) => readonly number[],
): T[] {
  const signed = lowerIsBetter(items, directions, values);
  const front: number[] = [];
  for (const i of lexicographic(signed)) if (!isBeaten(signed, front, i)) front.push(i);
  return front.sort((a, b) => a - b).map((i) => items[i]!);
}

const lowerIsBetter = <T>(
  items: readonly T[],
  directions: readonly Objective['better'][],
  values: (item: T) => readonly number[],
): number[][] => items.map((item) => values(item).map((v, i) => (directions[i] === 'higher' ? -v : v)));

/** Positions by the first objective, equal ones by the next: only those before an item can dominate it. */
const lexicographic = (signed: readonly (readonly number[])[]): number[] =>
  signed
    .map((_, i) => i)
    .sort((a, b) => {
      for (let k = 0; k < signed[a]!.length; k++) {
        const difference = signed[a]![k]! - signed[b]![k]!;
        if (difference !== 0) return difference;
      }
      return 0;
    });

/** Whether one of a front dominates an item; the last ones are the nearest. */
function isBeaten(signed: readonly (readonly number[])[], front: readonly number[], item: number): boolean {
  for (let k = front.length - 1; k >= 0; k--) if (dominates(signed[front[k]!]!, signed[item]!)) return true;
  return false;
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  let isBetter = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! > b[i]!) return false;
    if (a[i]! < b[i]!) isBetter = true;
  }
  return isBetter;
}
