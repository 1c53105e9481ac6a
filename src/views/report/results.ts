/** A run's figures as tables, each with its definition. */

import { figuresOf, listed, type Side, shortName, shownFigure } from '../../diagnosis/figures.ts';
import type { Results } from '../../evaluation/results.ts';
import {
  CODE_FIGURES,
  howMeasured,
  JACOBIAN,
  LOSS,
  PROBE_FIGURES,
  REQUESTED_FIGURES,
} from '../../metrics/index.ts';
import type { LossPart } from '../../models/index.ts';
import type { MetricsRow } from '../../record/index.ts';
import { partName } from '../part-names.ts';
import { fittedOn } from '../summary.ts';
import { type Content, html, type Markup, table, terms } from './html.ts';

/** A longer table is folded away. */
const FOLDED = 40;

const withDefinition = (name: string, definition: string): Markup =>
  html`${name}<span class="soft">${definition}</span>`;

/** Errors next to those to beat, what the columns are, and the loss with its parts. */
export function resultTables(results: Results, training: number): Markup[] {
  const { corrupted, pca, dataset, split } = results;
  const images = results.images.toLocaleString('en');
  const figures = figuresOf(results);
  const higher = figures.filter(({ better }) => better === 'higher').map(shortName);
  const columns: readonly { head: string; side: Side; meaning: string }[] = [
    { head: 'model', side: 'model', meaning: 'reconstructions of the images as they are' },
    ...(corrupted === null
      ? []
      : [
          {
            head: 'denoised',
            side: 'denoised' as const,
            meaning: `reconstructions of images with ${corrupted.corruption}, the same noise each time, compared with the clean ones`,
          },
          {
            head: 'noisy images',
            side: 'noisy' as const,
            meaning: 'these images themselves, compared with the clean ones: denoising must beat this',
          },
        ]),
    ...(pca === null
      ? []
      : [
          {
            head: `PCA-${pca.components}`,
            side: 'pca' as const,
            meaning: `principal component analysis with ${pca.components} components fitted on ${fittedOn(pca, training)}: the least squared error of any linear code of that size`,
          },
        ]),
    {
      head: 'mean image',
      side: 'meanImage',
      meaning:
        'the mean training image instead of every reconstruction: a model that does not beat it has learned nothing',
    },
  ];
  return [
    table({
      caption: `Reconstruction errors on the ${images} images of the ${split} split of ${dataset}: lower is better${higher.length === 0 ? '' : `; ${listed(higher)}: higher is better`}`,
      head: ['figure', ...columns.map(({ head }) => head)],
      rows: figures.map(({ name, definition, values }) => [
        withDefinition(name, definition),
        ...columns.map(({ side }) => {
          const value = values[side];
          return value === undefined ? '' : shownFigure(value);
        }),
      ]),
      numbers: (column) => column > 0,
    }),
    terms([
      ...columns.map(({ head, meaning }) => [head, meaning] as const),
      ...(pca === null
        ? [
            [
              'PCA',
              'left out: either the code is as large as the image, so that PCA would be exact, or it has more units than PCA can have components',
            ] as const,
          ]
        : []),
    ]),
    otherFigures(results),
    ...requestedFigures(results),
  ];
}

/** The errors of each column of rows, the worst first; nothing for images. */
export function columnTable({ columns, images, split }: Results): Content {
  if (columns === undefined) return '';
  const sorted = [...columns].sort((a, b) => (a.r2 ?? 1) - (b.r2 ?? 1));
  const whole = table({
    caption: `Columns, on the ${images.toLocaleString('en')} rows of the ${split} split, the lowest R² first. R² is 1 where a column is exact, and 0 where its mean would do as well; the errors are in the column's own unit`,
    head: ['column', 'R²', 'RMSE', 'MAE'],
    rows: sorted.map(({ name, r2, rmse, mae }) => [
      name,
      r2 === null ? 'one value' : r2.toFixed(4),
      shownFigure(rmse),
      shownFigure(mae),
    ]),
    numbers: (column) => column > 0,
  });
  return columns.length > FOLDED
    ? html`<details><summary>${columns.length} columns</summary>
${whole}</details>
`
    : whole;
}

function otherFigures(results: Results): Markup {
  const { objective, jacobianNorm, totalVariation } = results;
  const rows: Content[][] = [];
  if (objective !== null) {
    const { parts, values } = objective;
    if (parts.length > 1) {
      rows.push([withDefinition(LOSS.name, LOSS.definition), '', shownFigure(values.loss!)]);
    }
    for (const { name, definition, weight } of parts)
      rows.push([
        withDefinition(partName(name), `part of the loss: ${definition}`),
        weight,
        shownFigure(values[name]!),
      ]);
  }
  if (jacobianNorm !== null)
    rows.push([withDefinition(JACOBIAN.name, JACOBIAN.definition), '', shownFigure(jacobianNorm)]);
  for (const { name, definition, read } of CODE_FIGURES) {
    const value = read(results);
    if (value !== undefined && value !== null)
      rows.push([withDefinition(name, String(definition)), '', shownFigure(value)]);
  }
  if (totalVariation !== null) {
    const { definition, images, reconstructions } = totalVariation;
    rows.push(
      [withDefinition('total variation, reconstructions', definition), '', shownFigure(reconstructions)],
      [
        withDefinition('total variation, images', 'the same for the images themselves'),
        '',
        shownFigure(images),
      ],
    );
  }
  return table({
    caption:
      "The loss that was minimised, with the task's own noise (sampled codes, corruption), and other measurements on the same images",
    head: ['figure', 'weight', 'value'],
    rows,
    numbers: (column) => column > 0,
  });
}

/** What was measured on request since the training, with how it was measured; nothing if nothing was. */
function requestedFigures(results: Results): Markup[] {
  const { probe } = results;
  const rows = REQUESTED_FIGURES.flatMap((figure): Content[][] => {
    const value = figure.read(results);
    if (value == null) return [];
    const ofPca = PROBE_FIGURES.find(({ key }) => key === figure.key)?.of;
    const pca = probe === undefined ? undefined : ofPca?.(probe, 'pca');
    return [
      [
        withDefinition(figure.name, howMeasured(figure, results)),
        shownFigure(value),
        pca === undefined ? '' : shownFigure(pca),
      ],
    ];
  });
  if (rows.length === 0) return [];
  const withPca = rows.some((row) => row[2] !== '');
  return [
    table({
      caption:
        'Measured on request: what the codes keep of the classes, likelihood, and AUROC of single classes',
      head: withPca ? ['figure', 'value', "of PCA's scores"] : ['figure', 'value'],
      rows: withPca ? rows : rows.map((row) => row.slice(0, 2)),
      numbers: (column) => column > 0,
    }),
  ];
}

/** Every epoch's losses; with several parts, also those of validation. */
export function epochTable(metrics: readonly MetricsRow[], losses: readonly LossPart[]): Markup {
  const parts = losses.length > 1 ? losses.map(({ name }) => name) : [];
  const rows = metrics.map(({ epoch, training, validation, learningRate, seconds, imagesPerSecond }) => [
    epoch,
    shownFigure(training.loss!),
    shownFigure(validation.loss!),
    ...parts.map((name) => shownFigure(validation[name] ?? Number.NaN)),
    learningRate.toPrecision(3),
    seconds.toFixed(1),
    Math.round(imagesPerSecond).toLocaleString('en'),
  ]);
  const whole = table({
    caption:
      'Training losses are means over the epoch, with dropout; validation losses are measured after the epoch, without dropout',
    head: [
      'epoch',
      'training loss',
      'validation loss',
      ...parts.map((name) => `validation ${partName(name)}`),
      'learning rate',
      'seconds',
      'images/s',
    ],
    rows,
    numbers: (column) => column > 0,
  });
  return rows.length > FOLDED
    ? html`<details><summary>${rows.length} epochs</summary>
${whole}</details>
`
    : whole;
}
