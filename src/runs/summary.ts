/** A run on one page: what was trained, on what, how well, and how to do it again. */
import type { Manifest, MetricsRow } from '../store/index.ts';
import { type Evaluation, isStalled } from './evaluate.ts';
import type { Recipe } from './recipe.ts';

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
  const { model, pca, definitions } = evaluation;
  const rows = Object.entries(definitions).map(([key, definition]) => {
    const name = key as keyof typeof model;
    return `| ${definition} | ${figure(model[name])} | ${figure(pca[name])} |`;
  });
  const epochs = metrics.map(
    ({ epoch, training, validation, learningRate }) =>
      `| ${epoch} | ${figure(training.loss!)} | ${figure(validation.loss!)} | ${learningRate.toPrecision(3)} |`,
  );
  return `# ${manifest.name}

${recipe.why}
${recipe.reference === undefined ? '' : `\nReference: ${recipe.reference}\n`}
![reconstructions](pictures/reconstructions.png)

## Results

On the ${count(evaluation.images)} images of the ${evaluation.split} split of ${evaluation.dataset}; PCA has ${pca.components} components, as many as the code has units, and was fitted on the training images.

| figure | model | PCA |
|---|---|---|
${rows.join('\n')}
${stallNote(evaluation)}
## Training

![loss curves](pictures/loss.png)

- Data: ${dataset.name} (${dataset.source}); ${count(dataset.counts.train)} training, ${count(dataset.counts.validation)} validation and ${count(dataset.counts.test)} test images; ${dataset.splits}.
- Model: ${count(manifest.parameters)} parameters; the weights kept are those of epoch ${keptEpoch} of ${metrics.length}.
- Loss: ${losses.map(({ name, definition }) => `${name}: ${definition}`).join('; ')}. Training losses are means over the epoch as it went, with the training's own noise (dropout); validation losses are those after the epoch, without.
- Time: ${trainingSeconds.toFixed(1)} s in training and validation, on ${machine.processor}, ${manifest.threads} threads.
- Versions: hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; seed ${manifest.seed}.

| epoch | training loss | validation loss | learning rate |
|---|---|---|---|
${epochs.join('\n')}

## Again

The same bits on the same versions and threads: \`hourglass train <this folder>/recipe.json --data ${dataset.name} --seed ${manifest.seed} --threads ${manifest.threads}\`.
`;
}

/** What a reader must know before the figures. */
function stallNote(evaluation: Evaluation): string {
  return isStalled(evaluation)
    ? '\nIn squared error these reconstructions are no better than one picture for all images: the model has hardly learnt, or it stalled.\n'
    : '';
}
