/** The losses of several runs: one plot where all minimise the same loss, otherwise a panel for each definition. */
import { describeCorruption, describeParts, type LossPart } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { MetricsRow } from '../../record/index.ts';
import { type CurveSeries, curvePanels, lossCurves } from '../../render/index.ts';
import { partName } from '../part-names.ts';
import type { Picture } from './input.ts';

/** What is known of a run's losses. */
export interface RunLosses {
  name: string;
  /** The set it was trained on; its losses are on that. */
  dataset: string;
  recipe: Recipe;
  metrics: readonly MetricsRow[];
  losses: readonly LossPart[];
}

/** A loss or a part of one, and the runs that have it under this very definition. */
interface SharedLoss {
  /** As in the metrics: `loss`, or the name of a part. */
  column: string;
  name: string;
  /** The name, at greater length each time; the last one is the definition. */
  titles: string[];
  definition: string;
  unit: string;
  /** The images it was measured on. */
  images: string;
  runs: RunLosses[];
}

export async function comparedLosses(runs: readonly RunLosses[]): Promise<Picture[]> {
  const totals = sharedBy(runs, (run) => [totalOf(run)]);
  if (totals.length === 1) return [{ name: 'losses', svg: await onePlot(runs, totals[0]!) }];
  const shared = sharedBy(runs, (run) => [totalOf(run), ...(isComposed(run) ? partsOf(run) : [])]);
  // Totals stand before the parts.
  const ordered = [...shared].sort((a, b) => Number(b.column === 'loss') - Number(a.column === 'loss'));
  const distinct = (of: (loss: SharedLoss) => string) => new Set(shared.map(of)).size > 1;
  const namesImages = distinct(({ images }) => images);
  const panels = ordered.map((loss) => {
    const { images, unit } = loss;
    const words = shortestTitle(loss, shared);
    return {
      title: namesImages ? `${images}: ${words}` : words,
      yLabel: unit,
      series: loss.runs.flatMap((run) => seriesOf(run, loss.column)),
    };
  });
  const svg = await curvePanels({
    title: `${runs.length} runs whose losses differ`,
    subtitle:
      'a panel for each loss, and for each part before its weight; compare curves within a panel only',
    panels,
  });
  return [{ name: 'losses', svg }];
}

/** The shortest title that no other loss on the same images has. */
function shortestTitle({ titles, images }: SharedLoss, all: readonly SharedLoss[]): string {
  const isTheOnly = (title: string) =>
    all.filter((other) => other.images === images && other.titles.includes(title)).length === 1;
  return titles.find(isTheOnly) ?? titles.at(-1)!;
}

/** The losses of all runs, each definition on the same images once. */
function sharedBy(
  runs: readonly RunLosses[],
  of: (run: RunLosses) => Omit<SharedLoss, 'runs'>[],
): SharedLoss[] {
  const found = new Map<string, SharedLoss>();
  for (const run of runs) {
    for (const loss of of(run)) {
      const key = JSON.stringify([loss.name, loss.definition, loss.images]);
      const known = found.get(key) ?? { ...loss, runs: [] };
      known.runs.push(run);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

const isComposed = ({ losses }: RunLosses): boolean => losses.length > 1 || losses[0]!.weight !== 1;

function imagesOf({ dataset, recipe: { corruption } }: RunLosses): string {
  return corruption.type === 'none' ? dataset : `${dataset}, ${describeCorruption(corruption)}`;
}

function partsOf(run: RunLosses): Omit<SharedLoss, 'runs'>[] {
  return run.losses.map(({ name: column, definition, unit }) => {
    const name = partName(column);
    const titles = [name, `${name}: ${unit}`, `${name}: ${definition}`];
    return { column, name, titles, definition, unit, images: imagesOf(run) };
  });
}

function totalOf(run: RunLosses): Omit<SharedLoss, 'runs'> {
  // A loss of one part is that part.
  if (!isComposed(run)) return partsOf(run)[0]!;
  const sum = (of: (part: LossPart) => string) =>
    run.losses.map((part) => `${part.weight === 1 ? '' : `${part.weight} · `}${of(part)}`).join(' + ');
  const definition = describeParts(run.losses);
  const titles = [sum(({ name }) => partName(name)), sum(({ unit }) => unit), definition];
  return {
    column: 'loss',
    name: 'loss',
    titles: titles.map((title) => `loss: ${title}`),
    ...{ definition, unit: 'loss', images: imagesOf(run) },
  };
}

async function onePlot(runs: readonly RunLosses[], { column, name, definition, unit }: SharedLoss) {
  return lossCurves({
    title: `${runs.length} runs on ${runs[0]!.dataset}`,
    subtitle: name === 'loss' ? 'loss: the sum of its parts' : definition,
    yLabel: unit,
    series: runs.flatMap((run) => seriesOf(run, column)),
    width: 760,
  });
}

/** One loss of a run in training and on the held-out images, in the run's colour. */
function seriesOf({ name, metrics, recipe }: RunLosses, column: string): CurveSeries[] {
  const heldOut = recipe.data.validation === 'test' ? 'test split' : 'validation';
  const points = (of: 'training' | 'validation') =>
    metrics.map((row) => [row.epoch, row[of][column]!] as const);
  return [
    { name: `${name}, training`, group: name, points: points('training') },
    { name: `${name}, ${heldOut}`, group: name, style: 'dashed', points: points('validation') },
  ];
}
