import type { Colors } from 'picocolors/types.js';
import { type CodeProbe, type Evaluation, type LikelihoodEvaluation, partName } from '../runs/index.ts';

const ROWS = [
  ['mae', 'MAE per pixel', 'absolute error'],
  ['mse', 'MSE per pixel', 'squared error'],
  ['squaredErrorPerImage', 'SE per image', 'squared error, summed over pixels'],
  ['bce', 'BCE per pixel', 'binary cross-entropy, nats'],
  ['bcePerImage', 'BCE per image', 'the same, summed over pixels'],
] as const;

const SIMILARITY_ROWS = [
  ['ssim', 'SSIM', 'structural similarity, higher is better'],
  ['psnr', 'PSNR (dB)', 'peak 1, per image; higher is better'],
] as const;

const LABEL = 18;
const COLUMN = 10;

const figure = (value: number) =>
  (value >= 1
    ? value.toFixed(2)
    : value >= 1e-4 || value === 0
      ? value.toFixed(5)
      : value.toExponential(2)
  ).padStart(COLUMN);

/** An evaluation as lines: each figure next to PCA's with a code of the same size, then the parts of the loss. */
export function evaluationTable(evaluation: Evaluation, colours: Colors): string[] {
  const { dataset, split, images, model, corrupted, pca, similarity } = evaluation;
  const columns = [
    { head: 'model', metrics: model, alike: similarity?.model, show: colours.bold },
    ...(corrupted === null
      ? []
      : [
          {
            head: 'denoised',
            metrics: corrupted.model,
            alike: similarity?.corrupted?.model,
            show: colours.bold,
          },
        ]),
    ...(pca === null
      ? []
      : [
          {
            head: `PCA-${pca.components}`,
            metrics: pca,
            alike: similarity?.pca,
            show: (text: string) => text,
          },
        ]),
  ];
  const head = `${''.padEnd(LABEL)}${columns.map(({ head }) => head.padStart(COLUMN)).join('')}`;
  const lines = [
    `${split === 'train' ? 'seen in training' : colours.bold('held out')}: ${images.toLocaleString('en')} ${split} images of ${dataset}; means over images`,
    colours.dim(head),
    ...ROWS.map(([key, label, definition]) => {
      const cells = columns.map(({ metrics, show }) => show(figure(metrics[key]))).join('');
      return `${label.padEnd(LABEL)}${cells}   ${colours.dim(definition)}`;
    }),
    ...(similarity === null ? [] : SIMILARITY_ROWS).map(([key, label, definition]) => {
      const cells = columns.map(({ alike, show }) => show(alike ? figure(alike[key]) : '')).join('');
      return `${label.padEnd(LABEL)}${cells}   ${colours.dim(definition)}`;
    }),
  ];
  if (corrupted !== null)
    lines.push(colours.dim(`denoised: images with ${corrupted.corruption}, compared with the clean ones`));
  lines.push(...objectiveLines(evaluation, colours));
  return lines;
}

/** The loss and its parts, if there is more than the reconstruction; and the Jacobian's norm. */
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

/** The noise under which the loss was measured: the table above has none. */
function noiseOf({ objective, corrupted }: Evaluation): string {
  const sampled = objective?.parts.some(({ name }) => name === 'klDivergence') ?? false;
  const noise = [sampled ? 'one sample of each code' : '', corrupted === null ? '' : corrupted.corruption];
  const given = noise.filter((word) => word !== '').join(' and ');
  return given === '' ? 'on the same images' : `on the same images with ${given}`;
}

/** What the codes keep of the classes, next to the same for PCA's scores; then each figure's definition. */
export function probeLines(probed: CodeProbe, colours: Colors): string[] {
  const { codes, pca, neighbours, clusters, split, leftOut } = probed;
  const cell = (text: string) => text.padStart(COLUMN);
  const percent = (part: number | undefined) =>
    cell(part === undefined ? '' : `${(100 * part).toFixed(2)} %`);
  const share = (part: number | undefined) => cell(part === undefined ? '' : part.toFixed(4));
  const line = (label: string, ours: string, linear: string, note: string) =>
    `${label.padEnd(LABEL)}${colours.bold(ours)}${linear}   ${colours.dim(note)}`;
  const unsettled = codes.converged && (pca?.converged ?? true) ? '' : ', not converged';
  const head = ['codes', ...(pca === null ? [] : [`PCA-${pca.components}`])].map(cell).join('');
  const linear = (text: (part: number | undefined) => string, part: number | undefined) =>
    pca === null ? '' : text(part);
  return [
    `what the codes of ${codes.units.toLocaleString('en')} units keep of the classes, on ${split} images`,
    colours.dim(`${''.padEnd(LABEL)}${head}`),
    line('linear probe', percent(codes.accuracy), linear(percent, pca?.accuracy), `accuracy${unsettled}`),
    line(
      `${neighbours.codes.k}-NN`,
      percent(neighbours.codes.accuracy),
      linear(percent, neighbours.pca?.accuracy),
      'accuracy, by the nearest training codes',
    ),
    line(
      'k-means',
      percent(clusters.codes.accuracy),
      linear(percent, clusters.pca?.accuracy),
      `accuracy of ${clusters.codes.clusters} clusters, each assigned to a class`,
    ),
    line(
      'k-means, NMI',
      share(clusters.codes.nmi),
      linear(share, clusters.pca?.nmi),
      'mutual information with the classes, normalised',
    ),
    ...leftOut.map(
      (one) =>
        `left out: class '${one.class}', with ${one.training} training and ${one.heldOut} ${split} image${one.heldOut === 1 ? '' : 's'}`,
    ),
    colours.dim(`linear probe: ${codes.definition}`),
    colours.dim(`${neighbours.codes.k}-NN: ${neighbours.codes.definition}`),
    colours.dim(`k-means: ${clusters.codes.definition}`),
  ];
}

/** The bounds on the likelihood, in nats per image, and what they are measured on. */
export function likelihoodLines(estimated: LikelihoodEvaluation, colours: Colors): string[] {
  const { images, splitImages, split, elbo, klDivergence, nll, samples, definition } = estimated;
  const of = images === splitImages ? 'all' : `${images.toLocaleString('en')} of`;
  const line = (label: string, value: number, note: string) =>
    `${label.padEnd(LABEL)}${colours.bold(value.toFixed(2).padStart(COLUMN))}   ${colours.dim(note)}`;
  return [
    `likelihood on ${of} ${splitImages.toLocaleString('en')} ${split} images, nats per image`,
    line('ELBO', elbo, `mean over ${samples.toLocaleString('en')} codes per image`),
    line('KL divergence', klDivergence, 'of the posterior from the prior, exact'),
    ...nll.map(({ k, value, standardError }) =>
      line(
        `NLL ≤, k = ${k.toLocaleString('en')}`,
        value,
        `± ${standardError.toFixed(2)}, standard error of the mean${k === 1 ? '; −ELBO' : ''}`,
      ),
    ),
    colours.dim(definition),
  ];
}
