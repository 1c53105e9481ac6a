/** Where configurations differ: paths and their values. */

/** A setting that differs between runs. */
export interface Difference {
  /** For example `training.optimiser.learningRate`. */
  path: string;
  /** One per run, as text; null if a run has nothing there. */
  values: (string | null)[];
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The paths at which values differ, in the order of the first configuration that has them. Lists of one length
 * are compared place by place; of several lengths they are shown whole, as a place says nothing then.
 */
export function differences(configurations: readonly unknown[]): Difference[] {
  return compare(configurations, '');
}

function compare(values: readonly unknown[], path: string): Difference[] {
  const texts = values.map((value) => JSON.stringify(value));
  if (new Set(texts).size === 1) return [];
  const within = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
  if (values.every(isFields)) {
    const keys = new Set(values.flatMap((value) => Object.keys(value)));
    const at = (value: Fields, key: string) => (Object.hasOwn(value, key) ? value[key] : undefined);
    return [...keys].flatMap((key) =>
      compare(
        values.map((value) => at(value, key)),
        within(key),
      ),
    );
  }
  if (values.every(Array.isArray) && new Set(values.map(({ length }) => length)).size === 1) {
    const lists = values as readonly (readonly unknown[])[];
    return lists[0]!.flatMap((_, i) =>
      compare(
        lists.map((list) => list[i]),
        within(i),
      ),
    );
  }
  return [{ path, values: values.map(shown) }];
}

/** Text as it is; a list of layers as "dense 512 relu, dropout 0.2"; the rest as JSON. */
function shown(value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every(isFields))
    return value.length === 0 ? 'none' : value.map(inShort).join(', ');
  return JSON.stringify(value);
}

/** What is said without the names of its settings: text and numbers. */
const inShort = (fields: Fields): string =>
  Object.values(fields)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' ');
