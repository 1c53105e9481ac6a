/** A run on one page: the model, the data, the figures, and the command that repeats it. */

import { samplesOf } from '../diagnosis/facts.ts';
import { figuresOf, type Side } from '../diagnosis/figures.ts';
import type { Diagnosis } from '../diagnosis/index.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import { CODE_FIGURES } from '../metrics/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { speaksOf } from '../recipe/reference.ts';
import type { Manifest, MetricsRow } from '../record/index.ts';
import { inWordsFor } from '../samples/index.ts';
import { plain } from './markdown.ts';
import { partName } from './part-names.ts';
import { repeatCommand } from './repeat.ts';

export interface SummaryInput {
  manifest: Manifest;
  recipe: Recipe;
  metrics: readonly MetricsRow[];
  evaluation: Evaluation;
  keptEpoch: number;
  trainingSeconds: number;
}

/** Figures to four significant digits, as people compare them. */
const figure = (value: number) => value.toPrecision(4);

const count = (value: number) => value.toLocaleString('en');

export function summaryPage({
  manifest,
  recipe,
  metrics,
  evaluation,
  keptEpoch,
  trainingSeconds,
}: SummaryInput): string {
  const { dataset, machine, versions, losses } = manifest;
  const { corrupted, pca, definitions, similarity } = evaluation;
  const kind = samplesOf(evaluation);
  const columns: readonly (readonly [head: string, side: Side])[] = [
    ['model', 'model'],
    ...(corrupted === null ? [] : [['denoised', 'denoised'] as const]),
    ...(pca === null ? [] : [['PCA', 'pca'] as const]),
  ];
  const figures = new Map(figuresOf(evaluation).map((one) => [one.key, one]));
  // In the order of the results file.
  const rows = Object.entries({ ...definitions, ...similarity?.definitions }).map(([key, definition]) => {
    const values = columns.map(([, side]) => figures.get(key)?.values[side]);
    return `| ${plain(definition)} | ${values.map((value) => (value === undefined ? '' : figure(value))).join(' | ')} |`;
  });
  const epochs = metrics.map(
    ({ epoch, training, validation, learningRate }) =>
      `| ${epoch} | ${figure(training.loss!)} | ${figure(validation.loss!)} | ${learningRate.toPrecision(3)} |`,
  );
  const text = `# ${plain(manifest.name)}

${plain(recipe.why)}
${!speaksOf(recipe, dataset.name) ? '' : `\nReference: ${plain(recipe.reference)}\n`}${kind === 'row' ? '' : '\n![reconstructions](pictures/reconstructions.png)\n'}
## Results

${diagnosisText(evaluation.diagnosis)}
On the ${count(evaluation.images)} images of the ${evaluation.split} split of ${plain(evaluation.dataset)}.${pcaNote(evaluation, dataset.counts.train)}${corruptedNote(evaluation)}

| figure | ${columns.map(([name]) => name).join(' | ')} |
|---|${columns.map(() => '---|').join('')}
${rows.join('\n')}
${objectiveTable(evaluation)}${COLUMNS}
## Training

![loss curves](pictures/loss.png)

- Data: ${plain(dataset.name)} (${plain(dataset.source)}); ${count(dataset.counts.train)} training, ${count(dataset.counts.validation)} validation and ${count(dataset.counts.test)} test images; ${plain(dataset.splits)}.
- Model: ${count(manifest.parameters)} parameters; the weights kept are those of epoch ${keptEpoch} of ${metrics.length}.
- Loss: ${losses.map(({ name, definition }) => `${name}: ${definition}`).join('; ')}. Training losses are means over the epoch, with dropout; validation losses are measured after the epoch, without dropout. Both include the task's own noise (corruption, sampled codes): fresh in training, fixed in validation.
- Time: ${trainingSeconds.toFixed(1)} s in training and validation, on ${plain(machine.processor)}, ${manifest.threads} threads.
- Versions: hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; seed ${manifest.seed}.

| epoch | training loss | validation loss | learning rate |
|---|---|---|---|
${epochs.join('\n')}

## Repeat

In this folder, this command gives the same bits with the same versions and number of threads:

    ${repeatCommand(manifest)}
`;
  const names = [recipe.why, recipe.reference ?? '', dataset.source, dataset.name, manifest.name].map(plain);
  return inWordsFor(kind, text, [repeatCommand(manifest), ...names]).replace(COLUMNS, () =>
    columnTable(evaluation),
  );
}

/** Where the errors of columns go: their names are not reworded. */
const COLUMNS = '<!-- columns -->\n';

function columnTable({ columns = [] }: Evaluation): string {
  const rows = columns.map(
    ({ name, r2, rmse, mae }) =>
      `| ${plain(name)} | ${r2 === null ? '' : figure(r2)} | ${figure(rmse)} | ${figure(mae)} |\n`,
  );
  return rows.length === 0
    ? ''
    : `\n| column | R² | RMSE, in its unit | MAE, in its unit |\n|---|---|---|---|\n${rows.join('')}`;
}

/** Notes that a reader needs before the figures. */
function diagnosisText({ verdict, findings }: Diagnosis): string {
  const lines = findings.map(
    ({ sentence, cause, remedy }) =>
      `- ${plain(`${sentence === verdict ? '' : `${sentence} `}${cause} ${remedy}`)}\n`,
  );
  return `**${plain(verdict)}**\n${lines.length === 0 ? '' : `\n${lines.join('')}`}`;
}

function pcaNote({ pca, codeUnits }: Evaluation, training: number): string {
  if (pca === null)
    return ' PCA is left out: either the code is as large as the image, so that PCA would be exact, or it has more units than PCA can have components.';
  const why =
    pca.components === codeUnits ? 'as many as the code has units' : 'all that the training images have';
  return ` PCA has ${pca.components} components, ${why}, and was fitted on ${fittedOn(pca, training)}.`;
}

/** The images that PCA was fitted on, in words. */
export function fittedOn({ fittedOn }: NonNullable<Evaluation['pca']>, training: number): string {
  return fittedOn === null || fittedOn === training
    ? 'the training images'
    : `${count(fittedOn)} of the ${count(training)} training images, spread evenly`;
}

function corruptedNote({ corrupted }: Evaluation): string {
  return corrupted === null
    ? ''
    : ` "denoised" measures images with ${corrupted.corruption}, the same each time, against the clean ones; their own squared error is ${figure(corrupted.input.mse)} per pixel.`;
}

/** The loss and its parts, where there is more than the reconstruction. */
function objectiveTable(evaluation: Evaluation): string {
  const { objective, jacobianNorm, totalVariation } = evaluation;
  const rows: string[] = [];
  if (objective !== null && objective.parts.length > 1) {
    const { parts, values } = objective;
    rows.push(`| loss: the sum of the parts, each times its weight | | ${figure(values.loss!)} |`);
    for (const { name, definition, weight } of parts)
      rows.push(`| ${partName(name)}: ${definition} | ${weight} | ${figure(values[name]!)} |`);
  }
  if (jacobianNorm !== null)
    rows.push(`| ‖∂h/∂x‖_F, norm of the encoder's Jacobian, mean over images | | ${figure(jacobianNorm)} |`);
  for (const { definition, read } of CODE_FIGURES) {
    const value = read(evaluation);
    if (value !== undefined && value !== null) rows.push(`| ${definition} | | ${figure(value)} |`);
  }
  if (totalVariation !== null) {
    const { definition, images, reconstructions } = totalVariation;
    rows.push(
      `| total variation of the reconstructions (of the images: ${figure(images)}): ${definition} | | ${figure(reconstructions)} |`,
    );
  }
  if (rows.length === 0) return '';
  return `\n| on the same images, with the task's own noise (sampled codes, corruption) | weight | value |\n|---|---|---|\n${rows.join('\n')}\n`;
}
