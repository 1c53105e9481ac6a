import { type CodeProbe, type Evaluation, type LikelihoodEvaluation, partName } from '../api.ts';
import { figureLines, type LineStyle, sentence } from './figure-lines.ts';

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

const figure = (value: number) =>
  value >= 1 ? value.toFixed(2) : value >= 1e-4 || value === 0 ? value.toFixed(5) : value.toExponential(2);

/** An evaluation as lines: each figure next to PCA's with a code of the same size, then the parts of the loss. */
export function evaluationTable(evaluation: Evaluation, style: LineStyle): string[] {
  const { dataset, split, images, model, corrupted, pca, similarity } = evaluation;
  const { width, colours } = style;
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
  const heads = columns.map(({ head }) => ({ text: head, show: colours.dim }));
  const measured = `${images.toLocaleString('en')} ${split} images of ${dataset}; means over images`;
  const kind = split === 'train' ? 'seen in training' : 'held out';
  const [first, ...rest] = sentence(`${kind}: ${measured}`, width);
  const lines = [
    split === 'train' ? first! : first!.replace(kind, colours.bold(kind)),
    ...rest,
    ...figureLines('', heads, '', style),
    ...ROWS.flatMap(([key, label, definition]) => {
      const cells = columns.map(({ metrics, show }) => ({ text: figure(metrics[key]), show }));
      return figureLines(label, cells, definition, style);
    }),
    ...(similarity === null ? [] : SIMILARITY_ROWS).flatMap(([key, label, definition]) => {
      const cells = columns.map(({ alike, show }) => ({ text: alike ? figure(alike[key]) : '', show }));
      return figureLines(label, cells, definition, style);
    }),
  ];
  if (corrupted !== null) {
    const words = `denoised: images with ${corrupted.corruption}, compared with the clean ones`;
    lines.push(...sentence(words, width, colours.dim));
  }
  lines.push(...objectiveLines(evaluation, style));
  return lines;
}

/** The loss and its parts, if there is more than the reconstruction; and the Jacobian's norm. */
function objectiveLines(evaluation: Evaluation, style: LineStyle): string[] {
  const { objective, jacobianNorm, totalVariation } = evaluation;
  const { width, colours } = style;
  const line = (label: string, value: number, definition: string) =>
    figureLines(label, [{ text: figure(value), show: colours.bold }], definition, style);
  const lines: string[] = [];
  if (objective !== null && objective.parts.length > 1) {
    const { parts, values } = objective;
    const sum = parts
      .map(({ name, weight }) => `${weight === 1 ? '' : `${weight} · `}${partName(name)}`)
      .join(' + ');
    lines.push(...sentence(`the loss ${noiseOf(evaluation)}:`, width, colours.dim));
    lines.push(...line('loss', values.loss!, sum));
    for (const { name, definition } of parts) lines.push(...line(partName(name), values[name]!, definition));
  }
  if (jacobianNorm !== null) {
    lines.push(...line('‖J‖_F', jacobianNorm, 'norm of ∂code/∂image, mean over images'));
    const { images, reconstructions } = totalVariation;
    lines.push(
      ...line('total variation', reconstructions, `of reconstructions; of the images ${images.toFixed(5)}`),
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
export function probeLines(probed: CodeProbe, style: LineStyle): string[] {
  const { width, colours } = style;
  const { codes, pca, neighbours, clusters, split, leftOut } = probed;
  const percent = (part: number | undefined) => (part === undefined ? '' : `${(100 * part).toFixed(2)} %`);
  const share = (part: number | undefined) => (part === undefined ? '' : part.toFixed(4));
  const line = (label: string, ours: string, linear: string, note: string) =>
    figureLines(
      label,
      [{ text: ours, show: colours.bold }, ...(pca === null ? [] : [{ text: linear }])],
      note,
      style,
    );
  const unsettled = codes.converged && (pca?.converged ?? true) ? '' : ', not converged';
  const heads = ['codes', ...(pca === null ? [] : [`PCA-${pca.components}`])];
  const shownHeads = heads.map((text) => ({ text, show: colours.dim }));
  const linear = (text: (part: number | undefined) => string, part: number | undefined) =>
    pca === null ? '' : text(part);
  return [
    ...sentence(
      `what the codes of ${codes.units.toLocaleString('en')} units keep of the classes, on ${split} images`,
      width,
    ),
    ...figureLines('', shownHeads, '', style),
    ...line('linear probe', percent(codes.accuracy), linear(percent, pca?.accuracy), `accuracy${unsettled}`),
    ...line(
      `${neighbours.codes.k}-NN`,
      percent(neighbours.codes.accuracy),
      linear(percent, neighbours.pca?.accuracy),
      'accuracy, by the nearest training codes',
    ),
    ...line(
      'k-means',
      percent(clusters.codes.accuracy),
      linear(percent, clusters.pca?.accuracy),
      `accuracy of ${clusters.codes.clusters} clusters, each assigned to a class`,
    ),
    ...line(
      'k-means, NMI',
      share(clusters.codes.nmi),
      linear(share, clusters.pca?.nmi),
      'mutual information with the classes, normalised',
    ),
    ...leftOut.flatMap((one) =>
      sentence(
        `left out: class '${one.class}', with ${one.training} training and ${one.heldOut} ${split} image${one.heldOut === 1 ? '' : 's'}`,
        width,
      ),
    ),
    ...sentence(`linear probe: ${codes.definition}`, width, colours.dim),
    ...sentence(`${neighbours.codes.k}-NN: ${neighbours.codes.definition}`, width, colours.dim),
    ...sentence(`k-means: ${clusters.codes.definition}`, width, colours.dim),
  ];
}

/** The bounds on the likelihood, in nats per image, and what they are measured on. */
export function likelihoodLines(estimated: LikelihoodEvaluation, style: LineStyle): string[] {
  const { width, colours } = style;
  const { images, splitImages, split, elbo, klDivergence, nll, samples, definition } = estimated;
  const of = images === splitImages ? 'all' : `${images.toLocaleString('en')} of`;
  const line = (label: string, value: number, note: string) =>
    figureLines(label, [{ text: value.toFixed(2), show: colours.bold }], note, style);
  return [
    ...sentence(
      `likelihood on ${of} ${splitImages.toLocaleString('en')} ${split} images, nats per image`,
      width,
    ),
    ...line('ELBO', elbo, `mean over ${samples.toLocaleString('en')} codes per image`),
    ...line('KL divergence', klDivergence, 'of the posterior from the prior, exact'),
    ...nll.flatMap(({ k, value, standardError }) =>
      line(
        `NLL ≤, k = ${k.toLocaleString('en')}`,
        value,
        `± ${standardError.toFixed(2)}, standard error of the mean${k === 1 ? '; −ELBO' : ''}`,
      ),
    ),
    ...sentence(definition, width, colours.dim),
  ];
}
