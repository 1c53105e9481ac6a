/** The losses over the epochs: the total, and each part on axes of its own. */

import { describeParts, type LossPart } from '../../models/index.ts';
import { type CurveSeries, curvePanels, lossCurves } from '../../render/index.ts';
import { partName } from '../part-names.ts';
import type { Picture, PictureInput } from './input.ts';

export async function lossPictures(input: PictureInput): Promise<Picture[]> {
  const { recipe, dataset, losses, keptEpoch } = input;
  const marks = [{ epoch: keptEpoch, label: 'kept' }];
  const title = `${recipe.name} on ${dataset.name}`;
  const total = await lossCurves({
    title,
    subtitle: `loss: ${losses.length === 1 ? describeParts(losses) : sumOf(losses)}`,
    yLabel: losses.length === 1 ? losses[0]!.unit : 'loss (sum of its parts)',
    series: seriesOf(input, 'loss'),
    marks,
  });
  const pictures = [{ name: 'loss', svg: total }];
  if (losses.length > 1) {
    const panels = losses.map(({ name, unit, weight }) => ({
      title: weight === 1 ? partName(name) : `${partName(name)}, times ${weight} in the loss`,
      yLabel: unit,
      series: seriesOf(input, name),
      marks,
    }));
    const subtitle = 'each part of the loss before its weight';
    pictures.push({ name: 'loss-parts', svg: await curvePanels({ title, subtitle, panels }) });
  }
  return pictures;
}

/** As "0.95 · reconstruction + 0.05 · contraction". */
const sumOf = (losses: readonly LossPart[]): string =>
  losses
    .map(({ name, weight }) => (weight === 1 ? partName(name) : `${weight} · ${partName(name)}`))
    .join(' + ');

/** One loss in training and in validation. */
function seriesOf({ recipe, metrics }: PictureInput, loss: string): CurveSeries[] {
  const validation = recipe.data.validation === 'test' ? 'validation (the test split)' : 'validation';
  const points = (of: 'training' | 'validation') =>
    metrics.map((row) => [row.epoch, row[of][loss]!] as const);
  return [
    { name: 'training', group: 'training', points: points('training') },
    { name: validation, group: 'validation', points: points('validation') },
  ];
}
