/** Which runs the table shows, and in which order. */
import type { RunEntry } from '../../../src/studio/protocol.ts';

export interface Wanted {
  /** Words that must all be in the run's name, recipe, data set, state or tags; letters' case does not matter. */
  readonly words: string;
  /** A column's key: one of {@link FACTS}, or `figure:` and the key of a figure. */
  readonly sort: string;
  readonly descending: boolean;
}

type Value = string | number | null;

/** Columns besides figures. */
export const FACTS: Readonly<
  Record<string, { readonly title: string; readonly of: (run: RunEntry) => Value }>
> = {
  name: { title: 'Run', of: ({ name }) => name },
  recipe: { title: 'Recipe', of: ({ recipe }) => recipe },
  dataset: { title: 'Data', of: ({ dataset }) => dataset },
  state: { title: 'State', of: ({ state }) => state },
  epoch: { title: 'Epochs', of: ({ epoch }) => epoch },
  parameters: { title: 'Parameters', of: ({ parameters }) => parameters },
  startedAt: { title: 'Started', of: ({ startedAt }) => startedAt },
};

export function valueIn(run: RunEntry, key: string): Value {
  if (run.broken !== null && key !== 'name') return null;
  if (key.startsWith('figure:')) return run.figures[key.slice('figure:'.length)] ?? null;
  return FACTS[key]?.of(run) ?? null;
}

/** The runs with all words, sorted; those without a value come last in either direction. */
export function shownRuns(runs: readonly RunEntry[], { words, sort, descending }: Wanted): RunEntry[] {
  const needles = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = runs.filter((run) => {
    const text = [run.name, run.recipe, run.dataset, run.state, ...run.tags].join('\n').toLowerCase();
    return needles.every((needle) => text.includes(needle));
  });
  const sign = descending ? -1 : 1;
  return found.sort((one, other) => {
    const [a, b] = [valueIn(one, sort), valueIn(other, sort)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
  });
}

/** The keys of all figures that a run has, in the order of `known`; others follow. */
export function figuresOf(runs: readonly RunEntry[], known: readonly string[]): string[] {
  const found = new Set(
    runs.flatMap(({ figures }) => Object.keys(figures).filter((key) => figures[key] != null)),
  );
  return [...known.filter((key) => found.has(key)), ...[...found].filter((key) => !known.includes(key))];
}
