/** A run on one page that opens anywhere. A function from data to text: it reads no file. */

import { samplesOf } from '../../diagnosis/facts.ts';
import { figuresLike, shownFigure } from '../../diagnosis/figures.ts';
import type { Results } from '../../evaluation/results.ts';
import { codeTraits, describeCorruption, describeParts } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { speaksOf } from '../../recipe/reference.ts';
import type { Manifest, MetricsRow } from '../../record/index.ts';
import { inWordsFor } from '../../samples/index.ts';
import { partName } from '../part-names.ts';
import { repeatCommand } from '../repeat.ts';
import { pictureWords } from './captions.ts';
import { diagnosisBox } from './diagnosis.ts';
import { type Content, escaped, figure, html, type Markup, section, terms, withTexts } from './html.ts';
import { document } from './page.ts';
import { columnTable, epochTable, resultTables } from './results.ts';
import { unitTable } from './units.ts';
import { worstRowTable } from './worst-rows.ts';

/** A picture by its name, as a data: URI. */
export interface PageImage {
  name: string;
  uri: string;
}

export interface ReportInput {
  manifest: Manifest;
  recipe: Recipe;
  /** Layer widths, as 784-512-…-784. */
  shape: string;
  metrics: readonly MetricsRow[];
  results: Results;
  pictures: readonly PageImage[];
  /** Files and folders of the run, by their paths within it, and what they are. */
  files: readonly { path: string; what: string }[];
}

const count = (value: number) => value.toLocaleString('en');

export function reportPage(input: ReportInput): string {
  const { manifest, recipe, results, pictures, metrics } = input;
  // Names are not reworded.
  const names = [manifest.name, manifest.dataset.name, manifest.dataset.source, recipe.why].map(escaped);
  const kind = samplesOf(results);
  const say = (content: Content) =>
    kind === 'image' ? content : withTexts(content, (text) => inWordsFor(kind, text, names));
  const curves = ['loss', 'loss-parts'];
  const first = 'reconstructions';
  const shown = (wanted: (name: string) => boolean) =>
    pictures.filter(({ name }) => wanted(name)).map(pictureFigure);
  return document(`${manifest.name}: report`, [
    html`<header>
<h1>${manifest.name}</h1>
<p class="lead">Recipe <strong>${recipe.name}</strong> on <strong>${manifest.dataset.name}</strong>, ${count(metrics.length)} ${metrics.length === 1 ? 'epoch' : 'epochs'}; a code of ${count(results.codeUnits)} numbers.</p>
<p>${recipe.why}</p>
</header>
`,
    diagnosisBox(results.diagnosis),
    say(shown((name) => name === first)),
    section(
      'Results',
      say([referenceCards(input), resultTables(results, manifest.dataset.counts.train)]),
      columnTable(results),
      unitTable(results),
    ),
    worstRows(results),
    section('Curves', say(shown((name) => curves.includes(name)))),
    section('What was trained', say(settings(input))),
    section('Pictures', say(shown((name) => name !== first && !curves.includes(name)))),
    section('Epoch by epoch', say(epochTable(metrics, manifest.losses))),
    section('Machine, versions, time', circumstances(input)),
    section('Repeat the run', reproduction(manifest)),
    section(
      'Files',
      fileList(
        input.files.map(({ path, what }) => ({
          path,
          what: path.startsWith('model/') ? inWordsFor(kind, what) : what,
        })),
      ),
    ),
  ]);
}

/** The test rows that a model of rows finds most unusual; nothing for images, and in older results. */
function worstRows({ worstRows: worst, split }: Results): Content {
  if (worst === undefined || worst.rows.length === 0) return '';
  const { threshold } = worst;
  const basis =
    threshold === null
      ? ''
      : `; flagged above ${shownFigure(threshold)}, which 1 % of rows like the held-out ones exceed`;
  return section(
    'Worst rows',
    worstRowTable(
      `The rows of the ${split} split with the highest anomaly scores (${worst.score})${basis}`,
      worst.rows,
    ),
  );
}

function pictureFigure({ name, uri }: PageImage): Markup {
  const { title, caption } = pictureWords(name);
  const file = `./pictures/${encodeURIComponent(name)}.png`;
  return figure(uri, `${title}. ${caption}`.trim(), html`<strong>${title}.</strong> ${caption}`, file);
}

/** The published figure that a recipe is compared with, next to ours of the same kind. */
function referenceCards({ recipe, results }: ReportInput): Content {
  if (!speaksOf(recipe, results.dataset)) return '';
  const ours = figuresLike(recipe.reference, results).map(
    ({ name, value }) => html`<li>${name}: <strong>${shownFigure(value)}</strong></li>\n`,
  );
  return html`<div class="cards">
<div><h3>The reference</h3>
<p>${recipe.reference}</p>
<p class="soft">the published figure of the system that this recipe repeats</p></div>
<div><h3>This run</h3>
<ul>
${ours}</ul>
<p class="soft">on the ${count(results.images)} images of the ${results.split} split of ${results.dataset}, with the weights of epoch ${results.keptEpoch}</p></div>
</div>
`;
}

/** For example "adam, learningRate 0.001, beta1 0.9". */
function spelt({ type, ...rest }: { type: string } & Record<string, unknown>): string {
  return [type, ...Object.entries(rest).map(([name, value]) => `${name} ${value}`)].join(', ');
}

function settings({ manifest, recipe, shape, results, metrics }: ReportInput): Markup[] {
  const { dataset, losses, parameters } = manifest;
  const { training, corruption } = recipe;
  const { counts, height, width, channels, classes } = dataset;
  const stop = training.earlyStopping;
  const sizeText = dataset.rows
    ? `rows of ${count(dataset.rows.columns.length)} values`
    : `images of ${height}×${width}${channels === 1 ? '' : `×${channels}`}`;
  return [
    terms([
      ['Data', `${dataset.name} (${dataset.source}); ${sizeText}`],
      ['Classes', `${classes.join(', ')}; the model does not see them`],
      [
        'Split',
        `${count(counts.train)} training, ${count(counts.validation)} validation, ${count(counts.test)} test images; ${dataset.splits}`,
      ],
      ['Model', html`<code>${shape}</code>`],
      ['Parameters', `${count(parameters)} numbers, trained; the code has ${count(results.codeUnits)}`],
      [
        'Loss',
        html`<ul>${losses.map((part) => html`<li>${partName(part.name)}: ${describeParts([part])}</li>`)}</ul>`,
      ],
      [
        'Noise',
        `${corruption.type === 'none' ? 'none on the images' : describeCorruption(corruption)}${codeTraits(recipe.model.code).hasVariance ? '; each code is sampled' : ''}`,
      ],
      ['Optimiser', spelt(training.optimiser)],
      [
        'Learning rate',
        `over time: ${spelt(training.schedule)}${training.clipNorm === null ? '' : `; gradients clipped to a norm of ${training.clipNorm}`}`,
      ],
      [
        'Training',
        `${metrics.length} of at most ${training.epochs} epochs, batches of ${training.batchSize}${stop === null ? '' : `, early stopping after ${stop.patience} epochs without improvement`}; kept: the ${training.keep} weights, those of epoch ${results.keptEpoch}`,
      ],
      ['Seed', String(manifest.seed)],
    ]),
    html`<details><summary>The whole configuration</summary>
<pre>${JSON.stringify(recipe, null, 2)}</pre>
</details>
`,
  ];
}

function circumstances({ manifest, metrics }: ReportInput): Markup {
  const { machine, versions, threads, device } = manifest;
  const seconds = metrics.reduce((sum, row) => sum + row.seconds, 0);
  return terms([
    ['Begun', `${manifest.startedAt.slice(0, 19).replace('T', ' ')} UTC`],
    ['Time', `${seconds.toFixed(1)} s in training and validation`],
    [
      'Machine',
      `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.platform}`,
    ],
    ['Threads', String(threads)],
    ...(device === 'cpu' ? [] : [['Device', device] as const]),
    [
      'Versions',
      `hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}`,
    ],
  ]);
}

function reproduction(manifest: Manifest): Markup {
  return html`<p>In this folder:</p>
<pre>${repeatCommand(manifest)}</pre>
<p>On the same kind of machine, with the same versions, data and number of threads, it gives the same bits.</p>
`;
}

function fileList(files: ReportInput['files']): Markup {
  const link = (path: string) => path.split('/').map(encodeURIComponent).join('/');
  return html`<ul>
${files.map(({ path, what }) => html`<li><a href="./${link(path)}">${path}</a>: ${what}</li>\n`)}</ul>
`;
}
