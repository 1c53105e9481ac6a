/** A run's figures as tables, each with its definition. */

import { ERROR_NAMES, SIMILARITY_NAMES, shownFigure } from '../../diagnosis/figures.ts';
import type { Results } from '../../evaluation/results.ts';
import type { LossPart } from '../../models/index.ts';
import type { MetricsRow } from '../../store/index.ts';
import { partName } from '../part-names.ts';
import { fittedOn } from '../summary.ts';
import { type Content, html, type Markup, table, terms } from './html.ts';

/** A longer table is folded away. */
const FOLDED = 40;

const withDefinition = (name: string, definition: string): Markup =>
  html`${name}<span class="soft">${definition}</span>`;

/** Errors next to those to beat, what the columns are, and the loss with its parts. */
export function resultTables(results: Results, training: number): Markup[] {
  const { model, corrupted, pca, meanImage, similarity, definitions, dataset, split } = results;
  const images = results.images.toLocaleString('en');
  const columns = [
    {
      head: 'model',
      metrics: model,
      alike: similarity?.model,
      meaning: 'reconstructions of the images as they are',
    },
    ...(corrupted === null
      ? []
      : [
          {
            head: 'denoised',
            metrics: corrupted.model,
            alike: similarity?.corrupted?.model,
            meaning: `reconstructions of images with ${corrupted.corruption}, the same noise each time, compared with the clean ones`,
          },
          {
            head: 'noisy images',
            metrics: corrupted.input,
            alike: similarity?.corrupted?.input,
            meaning: 'these images themselves, compared with the clean ones: denoising must beat this',
          },
        ]),
    ...(pca === null
      ? []
      : [
          {
            head: `PCA-${pca.components}`,
            metrics: pca,
            alike: similarity?.pca,
            meaning: `principal component analysis with ${pca.components} components fitted on ${fittedOn(pca, training)}: the least squared error of any linear code of that size`,
          },
        ]),
    {
      head: 'mean image',
      metrics: meanImage,
      alike: similarity?.meanImage,
      meaning:
        'the mean training image instead of every reconstruction: a model that does not beat it has learned nothing',
    },
  ];
  return [
    table({
      caption: `Reconstruction errors on the ${images} images of the ${split} split of ${dataset}: lower is better${similarity === null ? '' : '; SSIM and PSNR: higher is better'}`,
      head: ['figure', ...columns.map(({ head }) => head)],
      rows: [
        ...ERROR_NAMES.map(([key, name]) => [
          withDefinition(name, definitions[key] ?? ''),
          ...columns.map(({ metrics }) => shownFigure(metrics[key])),
        ]),
        ...(similarity === null ? [] : SIMILARITY_NAMES).map(([key, name]) => [
          withDefinition(name, similarity!.definitions[key]),
          ...columns.map(({ alike }) => (alike ? shownFigure(alike[key]) : '')),
        ]),
      ],
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
  ];
}

function otherFigures({ objective, jacobianNorm, totalVariation }: Results): Markup {
  const rows: Content[][] = [];
  if (objective !== null) {
    const { parts, values } = objective;
    if (parts.length > 1) {
      const sum = 'the sum of the parts, each times its weight';
      rows.push([withDefinition('loss', sum), '', shownFigure(values.loss!)]);
    }
    for (const { name, definition, weight } of parts)
      rows.push([
        withDefinition(partName(name), `part of the loss: ${definition}`),
        weight,
        shownFigure(values[name]!),
      ]);
  }
  if (jacobianNorm !== null) {
    const definition = "‖∂h/∂x‖_F, the norm of the encoder's Jacobian, mean over images";
    rows.push([withDefinition('Jacobian', definition), '', shownFigure(jacobianNorm)]);
  }
  const { definition, images, reconstructions } = totalVariation;
  rows.push([
    withDefinition('total variation, reconstructions', definition),
    '',
    shownFigure(reconstructions),
  ]);
  rows.push([
    withDefinition('total variation, images', 'the same for the images themselves'),
    '',
    shownFigure(images),
  ]);
  return table({
    caption:
      "The loss that was minimised, with the task's own noise (sampled codes, corruption), and other measurements on the same images",
    head: ['figure', 'weight', 'value'],
    rows,
    numbers: (column) => column > 0,
  });
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
