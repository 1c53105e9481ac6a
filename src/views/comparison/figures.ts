/** The figures of several runs side by side, and which of them is the best. */

import { ERROR_NAMES, SIMILARITY_NAMES } from '../../diagnosis/figures.ts';
import type { Results } from '../../evaluation/results.ts';
import type { LossPart } from '../../models/index.ts';
import { partName } from '../part-names.ts';

export interface ComparedFigure {
  name: string;
  definition: string;
  /** One per run; null if a run does not have it. */
  values: (number | null)[];
  /** The positions of the best values; none if the figures are not ranked. */
  best: number[];
}

export interface FigureSource {
  results: Results;
  /** The corruption of the task, as JSON: figures of noisy images are of one kind where it is the same. */
  corruption: string;
}

/**
 * Every figure of the runs. Errors are ranked where `sameImages` says so; the loss and its parts where they are
 * defined alike, and those of noisy images where the noise is one. References are never ranked.
 */
export function comparedFigures(runs: readonly FigureSource[], sameImages: boolean): ComparedFigure[] {
  const all = runs.map(({ results }) => results);
  const sameTask = sameImages && isOne(runs.map(({ corruption }) => corruption));
  const figures: ComparedFigure[] = [];
  const add = (
    name: string,
    definition: string,
    of: (results: Results) => number | null | undefined,
    ranked: boolean,
    better: 'lower' | 'higher' = 'lower',
  ) => {
    const values = all.map((results) => of(results) ?? null);
    if (values.every((value) => value === null)) return;
    figures.push({ name, definition, values, best: ranked ? bestOf(values, better) : [] });
  };
  const definition = (key: string) => all[0]!.definitions[key] ?? '';
  for (const [key, name] of ERROR_NAMES) add(name, definition(key), ({ model }) => model[key], sameImages);
  for (const [key, name] of SIMILARITY_NAMES) {
    const definitions = new Set(all.flatMap(({ similarity }) => similarity?.definitions[key] ?? []));
    const ranked = sameImages && definitions.size === 1;
    add(name, [...definitions].join('; or '), ({ similarity }) => similarity?.model[key], ranked, 'higher');
  }
  for (const [key, name] of ERROR_NAMES)
    add(
      `denoised, ${name}`,
      `reconstructions of noisy images against the clean ones; ${definition(key)}`,
      ({ corrupted }) => corrupted?.model[key],
      sameTask,
    );
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
  add(
    'Jacobian',
    "‖∂h/∂x‖_F, the norm of the encoder's Jacobian, mean over images",
    ({ jacobianNorm }) => jacobianNorm,
    false,
  );
  const variation = all[0]!.totalVariation.definition;
  add(
    'total variation',
    `of the reconstructions; ${variation}`,
    (r) => r.totalVariation.reconstructions,
    false,
  );
  add('total variation, images', `of the images; ${variation}`, (r) => r.totalVariation.images, false);
  const linear = 'PCA with as many components as the code has units';
  for (const [key, name] of ERROR_NAMES)
    add(`PCA, ${name}`, `${linear}; ${definition(key)}`, ({ pca }) => pca?.[key], false);
  for (const [key, name] of SIMILARITY_NAMES) {
    const definitions = new Set(all.flatMap(({ similarity }) => similarity?.definitions[key] ?? []));
    const words = `${linear}; ${[...definitions].join('; or ')}`;
    add(`PCA, ${name}`, words, ({ similarity }) => similarity?.pca?.[key], false);
  }
  for (const [key, name] of ERROR_NAMES)
    add(
      `mean image, ${name}`,
      `the mean training image instead of every reconstruction; ${definition(key)}`,
      ({ meanImage }) => meanImage[key],
      false,
    );
  return figures;
}

export const isOne = (values: readonly string[]): boolean => new Set(values).size === 1;

/** The places of the best of two values or more that are numbers; none if all are equal. */
function bestOf(values: readonly (number | null)[], better: 'lower' | 'higher'): number[] {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const best = better === 'lower' ? Math.min(...numbers) : Math.max(...numbers);
  if (numbers.length < 2 || numbers.every((value) => value === best)) return [];
  return values.flatMap((value, i) => (value === best ? [i] : []));
}
