import {
  boundName,
  CODE_FIGURES,
  type CodeProbe,
  DETECTION_FIGURES,
  type Evaluation,
  figuresOf,
  hasSampledCode,
  inWordsFor,
  JACOBIAN,
  LIKELIHOOD_FIGURES,
  type LikelihoodEvaluation,
  PROBE_FIGURES,
  type ProbeFigure,
  partName,
  type Side,
  unitsByKl,
} from '../api.ts';
import { printable } from '../printable.ts';
import { figureLines, LABEL, type LineStyle, sentence } from './figure-lines.ts';
import { columnsOf } from './table.ts';

const figure = (value: number) =>
  value >= 1 ? value.toFixed(2) : value >= 1e-4 || value === 0 ? value.toFixed(5) : value.toExponential(2);

/** What was measured: only rows have figures by column. */
const samplesOf = ({ columns }: Evaluation) => (columns === undefined ? 'image' : 'row');

/** A figure's name, or its short one if that does not fit in the first column. */
const labelOf = ({ name, short = name }: { name: string; short?: string }): string =>
  printable(columnsOf(name) < LABEL ? name : short);

/** An evaluation as lines: each figure next to PCA's with a code of the same size, then the parts of the loss. */
export function evaluationTable(evaluation: Evaluation, style: LineStyle): string[] {
  const { dataset, split, images, corrupted, pca } = evaluation;
  const rows = evaluation.columns === undefined ? 'images' : 'rows';
  const { width, colours } = style;
  const columns: readonly { head: string; side: Side; show: (text: string) => string }[] = [
    { head: 'model', side: 'model', show: colours.bold },
    ...(corrupted === null ? [] : [{ head: 'denoised', side: 'denoised' as const, show: colours.bold }]),
    ...(pca === null
      ? []
      : [{ head: `PCA-${pca.components}`, side: 'pca' as const, show: (text: string) => text }]),
  ];
  const heads = columns.map(({ head }) => ({ text: head, show: colours.dim }));
  const measured = `${images.toLocaleString('en')} ${split} ${rows} of ${dataset}; means over ${rows}`;
  const kind = split === 'train' ? 'seen in training' : 'held out';
  const [first, ...rest] = sentence(`${kind}: ${measured}`, width);
  const lines = [
    split === 'train' ? first! : first!.replace(kind, colours.bold(kind)),
    ...rest,
    ...figureLines('', heads, '', style),
    ...figuresOf(evaluation).flatMap(({ note, values, ...words }) => {
      const cells = columns.map(({ side, show }) => {
        const value = values[side];
        return { text: value === undefined ? '' : figure(value), show };
      });
      return figureLines(labelOf(words), cells, printable(note), style);
    }),
  ];
  if (corrupted !== null) {
    const words = `denoised: ${rows} with ${corrupted.corruption}, compared with the clean ones`;
    lines.push(...sentence(words, width, colours.dim));
  }
  lines.push(
    ...objectiveLines(evaluation, style),
    ...unitLines(evaluation, style),
    ...detectionLines(evaluation, style),
    ...columnLines(evaluation, style),
  );
  return lines;
}

/** How well defects are found: the model's own score, next to the others that look at pixels and at structure. */
function detectionLines({ detection, columns }: Evaluation, style: LineStyle): string[] {
  if (detection == null) return [];
  const { good, defective, masks, normal, score, scores, made } = detection;
  const { width, colours } = style;
  const isOfRows = columns !== undefined;
  const shown = isOfRows ? (['mean', 'max'] as const) : (['mean', 'smoothed-max', 'ssim-max'] as const);
  const kinds = [score, ...shown.filter((kind) => kind !== score)];
  const cells = (of: (kind: (typeof kinds)[number]) => number | null | undefined) =>
    kinds.map((kind, i) => ({
      text: of(kind)?.toFixed(3) ?? '',
      ...(i === 0 ? { show: colours.bold } : {}),
    }));
  const count = (n: number) => n.toLocaleString('en');
  const counts = `${count(good)} test ${isOfRows ? 'rows' : 'images'} of '${normal}' and ${count(defective)} others`;
  const withMasks = masks === defective ? 'all with a mask' : `${count(masks)} of them with a mask`;
  const lines = sentence(
    isOfRows
      ? `anomalies: ${counts}; by each score`
      : made === undefined
        ? `defects: ${counts}, ${withMasks}; by each score`
        : `made defects: no real ones are in the test split, so they were drawn into it (${made}): ${count(good)} images as they are, and ${count(defective)} of them with visible made defects; real defects may be harder or easier to find; by each score`,
    width,
  );
  const words = (text: string) =>
    made !== undefined
      ? text.replace('defective images', 'images with made ones').replace('defective pixels', 'made defects')
      : isOfRows
        ? text
            .replace('image AUROC', 'AUROC')
            .replace('image AP', 'average precision')
            .replace('defective images', 'other rows')
        : text;
  const heads = kinds.map((text) => ({ text: text.replace('smoothed-max', 'smoothed'), show: colours.dim }));
  lines.push(...figureLines('', heads, '', style));
  for (const { name, note, read } of DETECTION_FIGURES) {
    const values = cells((kind) => read({ detection: { score: kind, scores } }));
    if (values.some(({ text }) => text !== ''))
      lines.push(...figureLines(words(name), values, words(note), style));
  }
  lines.push(
    ...figureLines(
      'best F1',
      cells((kind) => scores[kind]?.bestF1?.f1),
      words('of defective images'),
      style,
    ),
  );
  const bestF1 = scores[score]?.bestF1;
  if (bestF1 !== undefined)
    lines.push(
      ...sentence(
        `best F1 at a threshold of ${Number(bestF1.threshold.toPrecision(4))} by ${score}: precision ${bestF1.precision.toFixed(3)}, recall ${bestF1.recall.toFixed(3)}; these ${isOfRows ? 'rows' : 'images'} chose it, so it is too good for others`,
        width,
        colours.dim,
      ),
    );
  return lines;
}

/** The loss and its parts, if there is more than the reconstruction; and the Jacobian's norm. */
function objectiveLines(evaluation: Evaluation, style: LineStyle): string[] {
  const { objective, jacobianNorm, totalVariation } = evaluation;
  const { width, colours } = style;
  const line = (label: string, value: number, definition: string) =>
    figureLines(
      label,
      [{ text: figure(value), show: colours.bold }],
      inWordsFor(samplesOf(evaluation), definition),
      style,
    );
  const lines: string[] = [];
  if (objective !== null && objective.parts.length > 1) {
    const { parts, values } = objective;
    const sum = parts
      .map(({ name, weight }) => `${weight === 1 ? '' : `${weight} · `}${partName(name)}`)
      .join(' + ');
    lines.push(
      ...sentence(inWordsFor(samplesOf(evaluation), `the loss ${noiseOf(evaluation)}:`), width, colours.dim),
    );
    lines.push(...line('loss', values.loss!, sum));
    for (const { name, definition } of parts) lines.push(...line(partName(name), values[name]!, definition));
  }
  if (jacobianNorm !== null) {
    lines.push(...line(JACOBIAN.short, jacobianNorm, JACOBIAN.note));
    if (totalVariation !== null) {
      const { images, reconstructions } = totalVariation;
      lines.push(
        ...line('total variation', reconstructions, `of reconstructions; of the images ${images.toFixed(5)}`),
      );
    }
  }
  for (const { name, note, read } of CODE_FIGURES) {
    const value = read(evaluation);
    if (value !== undefined && value !== null) lines.push(...line(name, value, note));
  }
  return lines;
}

/** Units that are listed. */
const MOST_UNITS = 20;

/** What each unit of a variational code tells, the most telling first. */
function unitLines({ code }: Evaluation, { width, colours }: LineStyle): string[] {
  const units = unitsByKl(code);
  if (units === null) return [];
  const shown = units.slice(0, MOST_UNITS).map(({ unit, kl }) => `${unit}: ${kl.toFixed(2)}`);
  const rest = units.length > MOST_UNITS ? `, and ${units.length - MOST_UNITS} with less` : '';
  return sentence(
    `KL divergence of each unit in nats, the highest first: ${shown.join(', ')}${rest}`,
    width,
    colours.dim,
  );
}

/** The noise under which the loss was measured: the table above has none. */
function noiseOf({ objective, corrupted }: Evaluation): string {
  const sampled = hasSampledCode(objective?.parts ?? []);
  const noise = [sampled ? 'one sample of each code' : '', corrupted === null ? '' : corrupted.corruption];
  const given = noise.filter((word) => word !== '').join(' and ');
  return given === '' ? 'on the same images' : `on the same images with ${given}`;
}

/** What the codes keep of the classes, next to the same for PCA's scores; then each figure's definition. */
export function probeLines(probed: CodeProbe, style: LineStyle): string[] {
  const { width, colours } = style;
  const { codes, pca, neighbours, clusters, split, leftOut } = probed;
  const text = ({ of, show }: ProbeFigure, side: 'codes' | 'pca') => {
    const value = of(probed, side);
    if (value === undefined) return '';
    return show === 'percent' ? `${(100 * value).toFixed(2)} %` : value.toFixed(4);
  };
  const heads = ['codes', ...(pca === null ? [] : [`PCA-${pca.components}`])];
  const shownHeads = heads.map((text) => ({ text, show: colours.dim }));
  return [
    ...sentence(
      `what the codes of ${codes.units.toLocaleString('en')} units keep of the classes, on ${split} images`,
      width,
    ),
    ...figureLines('', shownHeads, '', style),
    ...PROBE_FIGURES.flatMap((one) => {
      const { name, note } = { ...one, ...one.shown?.(probed) };
      const cells = [
        { text: text(one, 'codes'), show: colours.bold },
        ...(pca === null ? [] : [{ text: text(one, 'pca') }]),
      ];
      return figureLines(name, cells, note, style);
    }),
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
  const { images, splitImages, split, nll, definition } = estimated;
  const which = images === splitImages ? 'all' : `${images.toLocaleString('en')} of`;
  const line = (label: string, value: number, note: string) =>
    figureLines(label, [{ text: value.toFixed(2), show: colours.bold }], note, style);
  return [
    ...sentence(
      `likelihood on ${which} ${splitImages.toLocaleString('en')} ${split} images, nats per image`,
      width,
    ),
    ...LIKELIHOOD_FIGURES.flatMap(({ name, note, of, shownNote }) =>
      line(name, of(estimated) ?? Number.NaN, shownNote?.(estimated) ?? note),
    ),
    ...nll.flatMap(({ k, value, standardError }) =>
      line(
        boundName(k),
        value,
        `± ${standardError.toFixed(2)}, standard error of the mean${k === 1 ? '; −ELBO' : ''}`,
      ),
    ),
    ...sentence(definition, width, colours.dim),
  ];
}

/** Columns that are listed. */
const MOST_COLUMNS = 12;

/** The columns that are reconstructed worst, by R². */
function columnLines({ columns }: Evaluation, { width, colours }: LineStyle): string[] {
  if (columns === undefined) return [];
  const sorted = [...columns].sort((a, b) => (a.r2 ?? 1) - (b.r2 ?? 1)).slice(0, MOST_COLUMNS);
  const which = sorted.length < columns.length ? `, the ${sorted.length} lowest of ${columns.length}` : '';
  return [
    '',
    ...sentence(`columns by R²${which}; RMSE in the column's unit`, width, colours.dim),
    ...sorted.map(({ name, r2, rmse }) => {
      const label = printable(name).slice(0, 30).padEnd(30);
      return `  ${label} R² ${(r2 === null ? '–' : r2.toFixed(3)).padStart(7)}   RMSE ${Number(rmse.toPrecision(4))}`;
    }),
  ];
}
