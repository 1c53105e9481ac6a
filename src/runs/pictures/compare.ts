/** Several runs in the same pictures: their losses in one plot, their reconstructions of the same images in rows. */
import type { Dataset } from '../../data/dataset.ts';
import { HourglassError } from '../../errors.ts';
import type { LossPart } from '../../models/index.ts';
import { type CurveSeries, imageRows, lossCurves } from '../../render/index.ts';
import type { MetricsRow } from '../../store/index.ts';
import type { Model } from '../model.ts';
import type { Recipe } from '../recipe.ts';
import { exampleWords, kindOf, type Picture, pickExamples } from './input.ts';

/** One of the runs that are compared. */
export interface ComparedRun {
  name: string;
  /** The set it was trained on; its losses are on that. */
  dataset: string;
  recipe: Recipe;
  model: Model;
  metrics: readonly MetricsRow[];
  losses: readonly LossPart[];
}

export async function comparisonPictures(runs: readonly ComparedRun[], dataset: Dataset): Promise<Picture[]> {
  return [...(await lossPictures(runs)), await reconstructionPicture(runs, dataset)];
}

/**
 * The total loss where all runs have the same one; the reconstruction where only that is the same; nothing where
 * the runs' losses are of different images.
 */
async function lossPictures(runs: readonly ComparedRun[]): Promise<Picture[]> {
  const same = (of: (run: ComparedRun) => string) => new Set(runs.map(of)).size === 1;
  const sameImages =
    same(({ dataset }) => dataset) && same(({ recipe }) => JSON.stringify(recipe.corruption));
  if (!sameImages) return [];
  const definition = ({ losses }: ComparedRun) => JSON.stringify(losses);
  const reconstruction = ({ losses }: ComparedRun) => losses[0]!.definition;
  const loss = same(definition) ? 'loss' : same(reconstruction) ? 'reconstruction' : null;
  if (loss === null) return [];
  const part = runs[0]!.losses[0]!;
  const whole = loss === 'loss' && runs[0]!.losses.length > 1;
  const series = runs.flatMap(({ name, metrics, recipe }): CurveSeries[] => [
    {
      name: `${name}, training`,
      group: name,
      points: metrics.map((row) => [row.epoch, row.training[loss]!] as const),
    },
    {
      name: `${name}, ${recipe.data.validation === 'test' ? 'test split' : 'validation'}`,
      group: name,
      style: 'dashed',
      points: metrics.map((row) => [row.epoch, row.validation[loss]!] as const),
    },
  ]);
  const svg = await lossCurves({
    title: `${runs.length} runs on ${runs[0]!.dataset}`,
    subtitle: whole ? 'loss: the sum of its parts' : part.definition,
    yLabel: whole ? 'loss' : part.unit,
    series,
    width: 760,
  });
  return [{ name: 'losses', svg }];
}

async function reconstructionPicture(runs: readonly ComparedRun[], dataset: Dataset): Promise<Picture> {
  const { images, captions } = pickExamples(dataset, dataset.test);
  const rows = [{ label: 'input', images }];
  for (const { name, model } of runs) {
    const { height, width, channels } = model.info.image;
    const { height: high, width: wide, channels: deep } = dataset;
    if (height !== high || width !== wide || channels !== deep) {
      throw new HourglassError('usage', {
        subject: name,
        rule: `must be of images of ${high}×${wide}×${deep}, as the other runs are`,
        got: `${height}×${width}×${channels}`,
      });
    }
    rows.push({ label: name, images: (await model.reconstruct(images)).data });
  }
  const svg = imageRows({
    title: `${runs.length} runs, the same images`,
    subtitle: `${dataset.name}, test split, ${exampleWords(dataset, dataset.test)}`,
    rows,
    columns: captions,
    ...kindOf(dataset),
  });
  return { name: 'reconstructions', svg };
}
