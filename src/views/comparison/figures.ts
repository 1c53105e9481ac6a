/** The figures of several runs side by side, and which of them is the best. */
import { samplesOf } from '../../diagnosis/facts.ts';
import { figuresOf, type ShownFigure, type Side, shortName } from '../../diagnosis/figures.ts';
import type { Results } from '../../evaluation/results.ts';
import {
  CODE_FIGURES,
  howMeasured,
  JACOBIAN,
  REQUESTED_FIGURES,
  VARIATION_FIGURES,
} from '../../metrics/index.ts';
import type { LossPart } from '../../models/index.ts';
import { inWordsFor } from '../../samples/index.ts';
import { partName } from '../part-names.ts';

/** One figure of several runs. */
export interface ComparedFigure {
  /** Its name, as it is shown. */
  name: string;
  /** Its definition, in words. */
  definition: string;
  /** One per run; null if a run does not have it. */
  values: (number | null)[];
  /** The positions of the best values; none if the figures are not ranked. */
  best: number[];
}

const R2 =
  'share of the variance of the column that the reconstructions explain: 1 is exact, 0 no better than its mean';
const RMSE = "root of the mean squared error, in the column's own unit";

export interface FigureSource {
  results: Results;
  /** The corruption of the task, as JSON: figures of noisy images are of one kind where it is the same. */
  corruption: string;
}

/**
 * Every figure of the runs. A figure is ranked where `sameImages` says so and it is defined alike; the loss and its
 * parts, and the figures of noisy images, where the noise is one as well. References are never ranked.
 */
export function comparedFigures(runs: readonly FigureSource[], sameImages: boolean): ComparedFigure[] {
  const all = runs.map(({ results }) => results);
  const kind = all.every((results) => samplesOf(results) === 'row') ? 'row' : 'image';
  const sameTask = sameImages && isOne(runs.map(({ corruption }) => corruption));
  const figures: ComparedFigure[] = [];
  const add = (
    name: string,
    definition: string,
    of: (results: Results) => number | null | undefined,
    ranked: boolean,
    better: ShownFigure['better'] = 'lower',
  ) => {
    const values = all.map((results) => of(results) ?? null);
    if (values.every((value) => value === null)) return;
    const words = { name: inWordsFor(kind, name), definition: inWordsFor(kind, definition) };
    figures.push({ ...words, values, best: ranked && better !== null ? bestOf(values, better) : [] });
  };
  const table = tableOf(all);
  /** A row for each figure, of one side. */
  const addSide = (
    side: Side,
    rows: readonly TableFigure[],
    { before = '', words = '', ranked }: { before?: string; words?: string; ranked: boolean },
  ) => {
    for (const { key, name, better, definitions } of rows)
      add(
        `${before}${name}`,
        `${words}${definitions.join('; or ')}`,
        (results) => figuresOf(results).find((one) => one.key === key)?.values[side],
        ranked && definitions.length < 2,
        better,
      );
  };
  const addColumns = () => {
    for (const name of new Set(all.flatMap(({ columns = [] }) => columns.map((column) => column.name)))) {
      const of = ({ columns = [] }: Results) => columns.find((column) => column.name === name);
      const values = all.map((results) => of(results)?.r2 ?? null);
      figures.push({
        name: `R² of ${name}`,
        definition: R2,
        values,
        best: sameImages ? bestOf(values, 'higher') : [],
      });
      const errors = all.map((results) => of(results)?.rmse ?? null);
      figures.push({
        name: `RMSE of ${name}`,
        definition: RMSE,
        values: errors,
        best: sameImages ? bestOf(errors, 'lower') : [],
      });
    }
  };
  const errors = table.filter(({ of }) => of === 'errors');
  addSide('model', table, { ranked: sameImages });
  addSide('denoised', errors, {
    before: 'denoised, ',
    words: 'reconstructions of noisy images against the clean ones; ',
    ranked: sameTask,
  });
  const parts = all.map(({ objective }) => objective?.parts ?? []);
  const wholes = parts.map((list) => JSON.stringify(list));
  const sum = (list: readonly LossPart[]) =>
    list.map(({ name, weight }) => `${weight === 1 ? '' : `${weight} · `}${partName(name)}`).join(' + ');
  // A loss of one part is that part.
  const composed = parts.some((list) => list.length !== 1 || list[0]!.weight !== 1);
  add(
    'loss',
    [...new Set(parts.map(sum))].join('; or '),
    ({ objective }) => (composed ? objective?.values.loss : null),
    sameTask && isOne(wholes),
  );
  for (const name of new Set(parts.flatMap((list) => list.map((part) => part.name)))) {
    const definitions = new Set(
      parts
        .map((list) => list.find((part) => part.name === name)?.definition)
        .filter((text) => text !== undefined),
    );
    add(
      `part: ${partName(name)}`,
      [...definitions].join('; or '),
      ({ objective }) =>
        objective?.parts.some((part) => part.name === name) ? objective.values[name] : null,
      // A penalty serves a purpose: less of it is not better in itself.
      name === 'reconstruction' && sameTask && definitions.size === 1,
    );
  }
  add(JACOBIAN.name, JACOBIAN.definition, JACOBIAN.read, false);
  for (const { name, definition, read } of CODE_FIGURES) add(name, String(definition), read, false);
  const [reconstructions, images] = VARIATION_FIGURES;
  add(
    reconstructions.name,
    reconstructions.definition,
    ({ totalVariation }) => totalVariation?.reconstructions,
    false,
  );
  add(images.name, images.definition, ({ totalVariation }) => totalVariation?.images, false);
  for (const figure of REQUESTED_FIGURES) {
    const { name, read, better } = figure;
    const measured = all.filter((results) => read(results) != null);
    const ways = [...new Set(measured.map((results) => howMeasured(figure, results)))];
    add(name, ways.join('; or '), read, sameImages && ways.length === 1, better);
  }
  addColumns();
  addSide('pca', table, {
    before: 'PCA, ',
    words: 'PCA with as many components as the code has units; ',
    ranked: false,
  });
  addSide('meanImage', errors, {
    before: 'mean image, ',
    words: 'the mean training image instead of every reconstruction; ',
    ranked: false,
  });
  return figures;
}

/** A figure that at least one of the runs has. */
interface TableFigure extends Pick<ShownFigure, 'key' | 'name' | 'short' | 'better' | 'of'> {
  /** Its definitions: more than one where runs were measured differently. */
  definitions: string[];
}

function tableOf(all: readonly Results[]): TableFigure[] {
  const table = new Map<string, TableFigure>();
  for (const { key, definition, ...figure } of all.flatMap(figuresOf)) {
    const known = table.get(key) ?? { key, ...figure, definitions: [] };
    table.set(key, known);
    if (definition !== '' && !known.definitions.includes(definition)) known.definitions.push(definition);
  }
  return [...table.values()];
}

/** The short names of the figures of which the highest value is the best. */
export const higherIsBetter = (all: readonly Results[]): string[] =>
  tableOf(all)
    .filter(({ better }) => better === 'higher')
    .map(shortName);

export const isOne = (values: readonly string[]): boolean => new Set(values).size === 1;

/** The places of the best of two values or more that are numbers; none if all are equal. */
function bestOf(values: readonly (number | null)[], better: 'lower' | 'higher'): number[] {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const best = better === 'lower' ? Math.min(...numbers) : Math.max(...numbers);
  if (numbers.length < 2 || numbers.every((value) => value === best)) return [];
  return values.flatMap((value, i) => (value === best ? [i] : []));
}
