import type { Colors } from 'picocolors/types.js';
import { type Evaluation, isStalled } from '../runs/index.ts';

const ROWS = [
  ['mae', 'MAE per pixel', 'absolute error'],
  ['mse', 'MSE per pixel', 'squared error'],
  ['squaredErrorPerImage', 'SE per image', 'squared error, summed over pixels'],
  ['bce', 'BCE per pixel', 'binary cross-entropy, nats'],
  ['bcePerImage', 'BCE per image', 'the same, summed over pixels'],
] as const;

/** An evaluation as lines of up to 80 columns: each figure beside PCA's with a code of the same size. */
export function evaluationTable(evaluation: Evaluation, colours: Colors): string[] {
  const { dataset, split, images, model, pca } = evaluation;
  const figure = (value: number) => (value >= 10 ? value.toFixed(2) : value.toFixed(5)).padStart(10);
  const head = `${''.padEnd(14)}${'model'.padStart(10)}${`PCA-${pca.components}`.padStart(10)}`;
  return [
    `${split === 'train' ? 'seen in training' : colours.bold('held out')}: ${images.toLocaleString('en')} ${split} images of ${dataset}; means over images`,
    colours.dim(head),
    ...ROWS.map(
      ([key, label, definition]) =>
        `${label.padEnd(14)}${colours.bold(figure(model[key]))}${figure(pca[key])}   ${colours.dim(definition)}`,
    ),
    ...(isStalled(evaluation)
      ? [
          colours.yellow(
            'In squared error no better than one picture for all images: it has hardly learnt, or stalled.',
          ),
        ]
      : []),
  ];
}
