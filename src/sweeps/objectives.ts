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
const LOSS_PATHS = ['loss', 'penalties', 'corruption', 'model.code', 'data'];

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

/** Items in fronts: on the first no item is worse than another in one objective without being better in a second. */
export function layersOf<T>(
  items: readonly T[],
  directions: readonly Objective['better'][],
  values: (item: T) => readonly number[],
): T[][] {
  const layers: T[][] = [];
  let left = [...items];
  while (left.length > 0) {
    const front = frontOf(left, directions, values);
    layers.push(front);
    const taken = new Set(front);
    left = left.filter((item) => !taken.has(item));
  }
  return layers;
}

/** The items that no other dominates. */
export function frontOf<T>(
  items: readonly T[],
  directions: readonly Objective['better'][],
  values: (item: T) => readonly number[],
): T[] {
  const signed = items.map((item) => values(item).map((v, i) => (directions[i] === 'higher' ? -v : v)));
  const dominates = (a: readonly number[], b: readonly number[]) =>
    a.every((v, i) => v <= b[i]!) && a.some((v, i) => v < b[i]!);
  // By the first objective: only those before an item, or equal to it there, can dominate it.
  const order = items.map((_, i) => i).sort((a, b) => signed[a]![0]! - signed[b]![0]!);
  const front: number[] = [];
  for (const i of order) {
    if (front.some((j) => dominates(signed[j]!, signed[i]!))) continue;
    for (let k = front.length - 1; k >= 0; k--)
      if (dominates(signed[i]!, signed[front[k]!]!)) front.splice(k, 1);
    front.push(i);
  }
  return front.sort((a, b) => a - b).map((i) => items[i]!);
}
