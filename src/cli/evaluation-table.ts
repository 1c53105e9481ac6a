import type { Colors } from 'picocolors/types.js';
import type { Evaluation } from '../runs/index.ts';

/** An evaluation as lines: each figure with its definition, beside PCA's with a code of the same size. */
export function evaluationTable(
  { dataset, split, images, model, pca, definitions }: Evaluation,
  colours: Colors,
): string[] {
  const rows: [keyof typeof model, string][] = [
    ['mae', 'MAE / pixel'],
    ['mse', 'MSE / pixel'],
    ['squaredErrorPerImage', 'SE / image'],
    ['bce', 'BCE / pixel'],
    ['bcePerImage', 'BCE / image'],
  ];
  const width = 12;
  const figure = (value: number) => (value >= 10 ? value.toFixed(2) : value.toFixed(5));
  const head = `${''.padEnd(width)}${'model'.padStart(10)}${`PCA-${pca.components}`.padStart(10)}`;
  return [
    `${colours.bold('held out')}: ${images.toLocaleString('en')} ${split} images of ${dataset}`,
    colours.dim(head),
    ...rows.map(([key, label]) => {
      const [ours, linear] = [figure(model[key]), figure(pca[key])].map((text) => text.padStart(10));
      return `${label.padEnd(width)}${colours.bold(ours!)}${linear}   ${colours.dim(definitions[key]!)}`;
    }),
  ];
}
