/** The space of a sweep: which settings of a recipe vary, over which values, and under which condition. */

/** A value of a recipe's setting: anything that JSON has. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** The values of one setting. */
export type Domain =
  | { readonly type: 'choice'; readonly values: readonly Value[] }
  | { readonly type: 'float'; readonly low: number; readonly high: number; readonly log: boolean }
  | {
      readonly type: 'int';
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
      readonly step: number;
    };

/** One setting of the space. */
export interface Setting {
  /** Its path in the recipe, such as `training.optimiser.learningRate`. */
  readonly path: string;
  readonly domain: Domain;
  /** It is set only in trials in which each of these settings has one of the values. */
  readonly when?: Readonly<Record<string, readonly Value[]>>;
}

/** Settings in an order in which each comes after those that its condition names. */
export type Space = readonly Setting[];

/**
 * The values of a trial as numbers, by path: the position of a choice, or the number itself. The journal, the samplers and
 * the importance of settings work with these.
 */
export type Point = Readonly<Record<string, number>>;

/** The value of a setting that a number stands for. */
export const valueAt = ({ domain }: Setting, internal: number): Value =>
  domain.type === 'choice' ? (domain.values[internal] ?? null) : internal;

/** The values of a trial by their paths, as a recipe takes them. */
export const valuesOf = (space: Space, point: Point): Record<string, Value> =>
  Object.fromEntries(
    space.flatMap((setting) => {
      const internal = point[setting.path];
      return internal === undefined ? [] : [[setting.path, valueAt(setting, internal)]];
    }),
  );

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether a setting is set in a trial, given the values of the settings before it. */
export function isActive({ when = {} }: Setting, space: Space, point: Point): boolean {
  return Object.entries(when).every(([path, allowed]) => {
    const other = space.find((one) => one.path === path);
    const internal = point[path];
    if (other === undefined || internal === undefined) return false;
    return allowed.some((value) => isSame(value, valueAt(other, internal)));
  });
}

/**
 * A point of the space: `pick` gives the number of each setting that is active.
 */
export function pointBy(space: Space, pick: (setting: Setting, position: number) => number): Point {
  const point: Record<string, number> = {};
  for (const [i, setting] of space.entries())
    if (isActive(setting, space, point)) point[setting.path] = pick(setting, i);
  return point;
}

/** The number at a share, 0 to 1, of a domain: all choices and whole numbers have the same room, a log range by magnitude. */
export function internalAt(domain: Domain, share: number): number {
  const u = Math.min(Math.max(share, 0), 1 - 2 ** -32);
  switch (domain.type) {
    case 'choice':
      return Math.floor(u * domain.values.length);
    case 'float':
      return domain.log
        ? clamp(
            Math.exp(Math.log(domain.low) + u * Math.log(domain.high / domain.low)),
            domain.low,
            domain.high,
          )
        : domain.low + u * (domain.high - domain.low);
    case 'int': {
      const [from, to] = [domain.low - domain.step / 2, domain.high + domain.step / 2];
      const value = domain.log ? Math.exp(Math.log(from) + u * Math.log(to / from)) : from + u * (to - from);
      return wholeOf(domain, value);
    }
  }
}

/** The nearest number that a domain of whole numbers has. */
export function wholeOf({ low, high, step }: Extract<Domain, { type: 'int' }>, value: number): number {
  return clamp(
    low + step * Math.round((value - low) / step),
    low,
    low + step * Math.floor((high - low) / step),
  );
}

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);

/** The number of combinations of a space; infinite where a range has no steps. */
export function sizeOfSpace(space: Space): number {
  if (space.some(({ domain }) => domain.type === 'float')) return Number.POSITIVE_INFINITY;
  // Conditions make it smaller; they are resolved where the combinations are listed.
  return space.reduce((product, { domain }) => product * gridOf(domain).length, 1);
}

/** Every number of a domain of choices or whole numbers. */
export function gridOf(domain: Domain): number[] {
  switch (domain.type) {
    case 'choice':
      return domain.values.map((_, i) => i);
    case 'int':
      return Array.from(
        { length: Math.floor((domain.high - domain.low) / domain.step) + 1 },
        (_, i) => domain.low + i * domain.step,
      );
    case 'float':
      return [];
  }
}
