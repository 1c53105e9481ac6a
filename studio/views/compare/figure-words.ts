/** The words of figures, by their keys. */
import { FIGURES } from '../../../src/metrics/figures/index.ts';
import { inWordsFor } from '../../../src/samples/words.ts';
import type { RunEntry } from '../../../src/studio/protocol.ts';

/** All keys, in the order of tables. */
export const FIGURE_KEYS = FIGURES.map(({ key }) => key);

const wordsOf = (key: string) => FIGURES.find((figure) => figure.key === key);

/** As a column's head has it. */
export const shortTitle = (key: string): string => wordsOf(key)?.short ?? wordsOf(key)?.name ?? key;

/** With its unit, where the name does not have it, in the words of what the runs are trained on. */
export function longTitle(key: string, runs: readonly Pick<RunEntry, 'samples' | 'figures'>[]): string {
  const kinds = new Set(runs.filter(({ figures }) => figures[key] != null).map(({ samples }) => samples));
  const title = titleOf(key);
  if (!kinds.has('row')) return title;
  return kinds.size === 1 ? inWordsFor('row', title) : title.replace('per pixel', 'per pixel or value');
}

function titleOf(key: string): string {
  const { name = key, unit = '' } = wordsOf(key) ?? {};
  return unit === '' || name.includes(unit) ? name : `${name}, ${unit}`;
}

export const betterOf = (key: string): 'lower' | 'higher' | null => wordsOf(key)?.better ?? null;

/** What is measured, where that is the same for all data. */
export function definitionOf(key: string): string | undefined {
  const definition = wordsOf(key)?.definition;
  return typeof definition === 'string' ? definition : undefined;
}
