import type { Colors } from 'picocolors/types.js';
import { type CodeProbe, type Evaluation, isStalled, partName } from '../runs/index.ts';

const ROWS = [
  ['mae', 'MAE per pixel', 'absolute error'],
  ['mse', 'MSE per pixel', 'squared error'],
  ['squaredErrorPerImage', 'SE per image', 'squared error, summed over pixels'],
  ['bce', 'BCE per pixel', 'binary cross-entropy, nats'],
  ['bcePerImage', 'BCE per image', 'the same, summed over pixels'],
] as const;

const LABEL = 18;
const COLUMN = 10;

const figure = (value: number) =>
  (value >= 10
    ? value.toFixed(2)
    : value >= 1e-4 || value === 0
      ? value.toFixed(5)
      : value.toExponential(2)
  ).padStart(COLUMN);

/** An evaluation as lines: each figure beside PCA's with a code of the same size, then the loss in its parts. */
export function evaluationTable(evaluation: Evaluation, colours: Colors): string[] {
  const { dataset, split, images, model, corrupted, pca } = evaluation;
  const columns = [
    { head: 'model', metrics: model, show: colours.bold },
    ...(corrupted === null ? [] : [{ head: 'denoised', metrics: corrupted.model, show: colours.bold }]),
    ...(pca === null ? [] : [{ head: `PCA-${pca.components}`, metrics: pca, show: (text: string) => text }]),
  ];
  const head = `${''.padEnd(LABEL)}${columns.map(({ head }) => head.padStart(COLUMN)).join('')}`;
  const lines = [
    `${split === 'train' ? 'seen in training' : colours.bold('held out')}: ${images.toLocaleString('en')} ${split} images of ${dataset}; means over images`,
    colours.dim(head),
    ...ROWS.map(([key, label, definition]) => {
      const cells = columns.map(({ metrics, show }) => show(figure(metrics[key]))).join('');
      return `${label.padEnd(LABEL)}${cells}   ${colours.dim(definition)}`;
    }),
  ];
  if (corrupted !== null)
    lines.push(colours.dim(`denoised: of images with ${corrupted.corruption}, against the clean ones`));
  lines.push(...objectiveLines(evaluation, colours));
  if (isStalled(evaluation)) {
    lines.push(
      colours.yellow(
        'In squared error no better than one picture for all images: it has hardly learnt, or stalled.',
      ),
    );
  }
  return lines;
}

/** The loss and its parts, where there is more than the reconstruction; and the Jacobian's norm. */
function objectiveLines(evaluation: Evaluation, colours: Colors): string[] {
  const { objective, jacobianNorm, totalVariation } = evaluation;
  const line = (label: string, value: number, definition: string) =>
    `${label.padEnd(LABEL)}${colours.bold(figure(value))}   ${colours.dim(definition)}`;
  const lines: string[] = [];
  if (objective !== null && objective.parts.length > 1) {
    const { parts, values } = objective;
    const sum = parts
      .map(({ name, weight }) => `${weight === 1 ? '' : `${weight} · `}${partName(name)}`)
      .join(' + ');
    lines.push(colours.dim(`the loss ${noiseOf(evaluation)}:`));
    lines.push(line('loss', values.loss!, sum));
    for (const { name, definition } of parts) lines.push(line(partName(name), values[name]!, definition));
  }
  if (jacobianNorm !== null) {
    lines.push(line('‖J‖_F', jacobianNorm, 'norm of ∂code/∂image, mean over images'));
    const { images, reconstructions } = totalVariation;
    lines.push(
      line('total variation', reconstructions, `of reconstructions; of the images ${images.toFixed(5)}`),
    );
  }
  return lines;
}

/** Under which noise the loss was measured: the table above has none. */
function noiseOf({ objective, corrupted }: Evaluation): string {
  const sampled = objective?.parts.some(({ name }) => name === 'klDivergence') ?? false;
  const noise = [sampled ? 'one sample of each code' : '', corrupted === null ? '' : corrupted.corruption];
  const given = noise.filter((word) => word !== '').join(' and ');
  return given === '' ? 'on the same images' : `on the same images with ${given}`;
}

/** How well a linear classifier tells the classes apart on the test split, by the codes and by PCA's scores. */
export function probeLines({ codes, pca }: CodeProbe, colours: Colors): string[] {
  const line = (
    label: string,
    { accuracy, converged }: CodeProbe['codes'] | NonNullable<CodeProbe['pca']>,
    on: string,
  ) => {
    const percent = `${(100 * accuracy).toFixed(2)} %`.padStart(COLUMN);
    return `${label.padEnd(LABEL)}${colours.bold(percent)}   ${colours.dim(`${on}${converged ? '' : ', not converged'}`)}`;
  };
  return [
    line('linear probe', codes, `test accuracy on codes of ${codes.units.toLocaleString('en')} units`),
    ...(pca === null ? [] : [line('', pca, `on the scores of PCA-${pca.components}`)]),
    colours.dim(codes.definition),
  ];
}
