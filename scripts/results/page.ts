/** docs/results.md, from what is in the folders of the runs: every figure with its definition and split. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CodeProbe, HourglassError } from 'hourglass';
import { ANCHORS_HEADING, anchorsSection } from './anchors.ts';
import { FASHION_HEADING, fashionSection } from './fashion.ts';
import { table } from './numbers.ts';
import { type Trained, trained } from './once.ts';
import { drawPictures, LAMBDA_RUNS } from './pictures.ts';
import { PLAN, type PlannedRun } from './plan.ts';
import { QUICK_HEADING, quickSection } from './quick.ts';
import { withSection } from './sections.ts';
import { SEEDS_HEADING, seedsSection } from './seeds.ts';
import { TABLES_HEADING, tablesSection } from './tables-page.ts';

type Manifest = Trained['manifest'];

interface Row {
  epoch: number;
  validation: Record<string, number>;
  seconds: number;
}

export interface Finished extends Trained {
  planned: PlannedRun;
  rows: Row[];
  probe: CodeProbe | null;
}

export interface Probe {
  accuracy: number;
  definition: string;
}

/** Writes the page from the runs that are finished and gives its path. */
export async function writePage(root: string, runs: string): Promise<string> {
  const finished: Finished[] = [];
  for (const planned of PLAN) {
    const [first] = await trained(join(runs, planned.name));
    if (first !== undefined) finished.push(await read(planned, first));
  }
  const pixels = await json<Probe>(join(runs, 'probe-pixels.json')).catch(() => null);
  const pictures = await drawPictures(root, finished, pixels);
  const file = fileIn(root);
  if (finished.length === 0) {
    throw new HourglassError('run', {
      subject: runs,
      rule: 'holds no finished run',
      hint: 'leave out --page',
    });
  }
  const before = await readFile(file, 'utf8');
  const page = [
    heading(finished),
    goals(finished),
    figures(finished),
    codes(pictures),
    variational(finished, pictures),
    denoisers(finished, pictures),
    contractive(finished, pictures),
    probes(finished, pixels, pictures),
    stacked(pictures),
    await readFile(join(root, 'scripts', 'results', 'notes.md'), 'utf8'),
    ...(await sections(runs, before)).map(({ text }) => text),
    again(finished),
  ];
  await writeFile(
    file,
    `${page
      .filter((part) => part !== '')
      .join('\n')
      .trimEnd()}\n`,
  );
  return file;
}

/** Writes only the sections that are measured on their own; the rest of the page stays as it is. */
export async function writeSections(root: string, runs: string): Promise<string> {
  const file = fileIn(root);
  let page = await readFile(file, 'utf8');
  for (const { heading, text } of await sections(runs, page)) {
    if (text !== '') page = withSection(page, heading, text);
  }
  await writeFile(file, page);
  return file;
}

/** Each from its runs, else as the page has it. */
const sections = async (runs: string, page: string): Promise<{ heading: string; text: string }[]> => [
  { heading: ANCHORS_HEADING, text: await anchorsSection(join(runs, 'anchors'), page) },
  { heading: SEEDS_HEADING, text: await seedsSection(join(runs, 'seeds'), page) },
  { heading: QUICK_HEADING, text: await quickSection(join(runs, 'quick-set'), page) },
  { heading: FASHION_HEADING, text: await fashionSection(join(runs, 'fashion'), page) },
  { heading: TABLES_HEADING, text: await tablesSection(join(runs, 'tables'), page) },
];

const fileIn = (root: string): string => join(root, 'docs', 'results.md');

async function json<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

async function read(planned: PlannedRun, run: Trained): Promise<Finished> {
  const { folder } = run;
  const metrics = await readFile(join(folder, 'metrics.jsonl'), 'utf8');
  return {
    ...run,
    planned,
    rows: metrics
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
    probe: await json<CodeProbe | null>(join(folder, 'probe.json')).catch(() => null),
  };
}

/** A picture, where it was drawn. */
const shown = (pictures: ReadonlySet<string>, name: string, words: string): string =>
  pictures.has(name) ? `\n![${words}](pictures/${name})\n` : '';

const codes = (pictures: ReadonlySet<string>): string =>
  [
    shown(pictures, 'code3d-codes-3d.png', 'Codes of three units'),
    shown(pictures, 'code4x4-before-after.png', 'Codes of 4×4 before and after training'),
  ].join('');

const stacked = (
  pictures: ReadonlySet<string>,
): string => `## The stacked autoencoder, with dropout and without
${shown(pictures, 'stacked-losses.png', 'Loss curves of the three')}${shown(pictures, 'stacked-reconstructions.png', 'The same test digits')}`;

const whole = (value: number) => value.toLocaleString('en');

function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  return rounded < 120 ? `${rounded} s` : `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
}

/** All figures must be of one version, machine and number of threads, as the heading says. */
function heading(finished: readonly Finished[]): string {
  const { manifest } = finished[0]!;
  const { machine, versions, dataset, threads } = manifest;
  const circumstances = (of: Manifest) => JSON.stringify([of.machine, of.versions, of.threads, of.seed]);
  const other = finished.find((run) => circumstances(run.manifest) !== circumstances(manifest));
  if (other !== undefined) {
    throw new HourglassError('run', {
      subject: other.folder,
      rule: 'was trained on another machine, version, seed or number of threads than the first run',
      hint: 'delete it to train it anew',
    });
  }
  return `# Results

Written by \`npm run results\`: every recipe trained on all of MNIST and measured on its ${whole(dataset.counts.test)} test digits, with the
weights that each recipe keeps. Nothing is chosen by the test split. Pixels are in [0, 1]. MSE, MAE and BCE "per pixel" are means over
pixels and images; "per image" is summed over the 784 pixels and averaged over images; BCE and KL are in nats. PCA has as many components
as the code has units and is fitted on the training images of the same run.

hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${threads} threads, seed ${manifest.seed}.
`;
}

function goals(finished: readonly Finished[]): string {
  const rows = finished.flatMap(({ planned, evaluation, rows, manifest }) =>
    planned.goals.map(({ figure, reference, most, ours, digits }) => {
      const value = ours(evaluation);
      return [
        `\`${planned.name}\``,
        figure,
        reference,
        `≤ ${most}`,
        `**${value.toFixed(digits)}**`,
        value <= most ? 'yes' : '**no**',
        `${rows.length} of ${epochsOf(manifest)}`,
        duration(secondsOf(rows)),
      ];
    }),
  );
  return `## Against the references

"Time" is that of training and validation, all epochs.

${table(['recipe', 'figure, on the test digits', 'reference', 'goal', 'ours', 'reached', 'epochs', 'time'], rows)}
${crossing(finished)}`;
}

const epochsOf = (manifest: Manifest): number =>
  (manifest.config as { training: { epochs: number } }).training.epochs;

const secondsOf = (rows: readonly Row[]): number => rows.reduce((sum, { seconds }) => sum + seconds, 0);

/** When code3d's validation error first was below the reference's test error. */
function crossing(finished: readonly Finished[]): string {
  const run = finished.find(({ planned }) => planned.name === 'code3d');
  if (run === undefined) return '';
  // The recipe's loss is the squared error of an image.
  const index = run.rows.findIndex(({ validation }) => validation.reconstruction! / 784 < 0.03322);
  if (index < 0) return '\n`code3d` never came below 0.03322 on its validation images.\n';
  const row = run.rows[index]!;
  return `\n\`code3d\` first came below 0.03322 on its validation images after epoch ${row.epoch}, ${duration(secondsOf(run.rows.slice(0, index + 1)))} into training (MSE per pixel ${(row.validation.reconstruction! / 784).toFixed(5)}).\n`;
}

function figures(finished: readonly Finished[]): string {
  const rows = finished.map(({ planned, evaluation, manifest, rows }) => {
    const { model, pca } = evaluation;
    return [
      `\`${planned.name}\``,
      whole(evaluation.codeUnits),
      whole(manifest.parameters),
      model.squaredErrorPerImage.toFixed(2),
      model.mse.toFixed(5),
      model.mae.toFixed(4),
      model.bcePerImage.toFixed(2),
      model.bce.toFixed(4),
      pca === null ? '–' : pca.mse.toFixed(5),
      `${evaluation.keptEpoch} of ${rows.length}`,
      duration(secondsOf(rows)),
    ];
  });
  return `## All figures

Reconstructions of the clean test digits. Variational models decode the mean of the code; denoisers get no noise.

${table(
  [
    'recipe',
    'code',
    'parameters',
    'SE / image',
    'MSE / px',
    'MAE / px',
    'BCE / image',
    'BCE / px',
    'PCA MSE / px',
    'epoch kept',
    'time',
  ],
  rows,
)}
`;
}

function variational(finished: readonly Finished[], pictures: ReadonlySet<string>): string {
  const rows = finished.flatMap(({ planned, evaluation }) => {
    const values = evaluation.objective?.values;
    if (values?.klDivergence === undefined) return [];
    const { reconstruction, klDivergence } = values;
    return [
      [
        `\`${planned.name}\``,
        reconstruction!.toFixed(2),
        klDivergence.toFixed(2),
        (reconstruction! + klDivergence).toFixed(2),
        values.loss!.toFixed(2),
      ],
    ];
  });
  if (rows.length === 0) return '';
  return `## Variational

On the test digits, nats per image, on grey pixels (not binarised), with one sample per code. BCE + KL bounds the negative
log-likelihood from above (as far as grey pixels have one); for \`beta-vae\` the loss has the KL divergence times its weight.

${table(['recipe', 'BCE', 'KL divergence', 'BCE + KL', 'loss'], rows)}
${shown(pictures, 'vae-manifold.png', 'Decoded points of the two-unit code')}${shown(pictures, 'vae-codes.png', 'Test digits in the two-unit code')}`;
}

function denoisers(finished: readonly Finished[], pictures: ReadonlySet<string>): string {
  const rows = finished.flatMap(({ planned, evaluation }) => {
    const { corrupted } = evaluation;
    if (corrupted === null) return [];
    return [
      [
        `\`${planned.name}\``,
        corrupted.corruption,
        corrupted.input.mse.toFixed(5),
        corrupted.model.mse.toFixed(5),
        corrupted.model.bce.toFixed(4),
        evaluation.model.mse.toFixed(5),
      ],
    ];
  });
  if (rows.length === 0) return '';
  return `## Denoising

Noisy test digits (the same noise every time) against the clean ones.

${table(['recipe', 'noise', 'MSE / px of the noisy digits', 'MSE / px after', 'BCE / px after', 'MSE / px of clean digits'], rows)}
${shown(pictures, 'denoising-denoising.png', 'Noise taken out')}`;
}

function contractive(finished: readonly Finished[], pictures: ReadonlySet<string>): string {
  const series = finished.filter(({ planned }) => LAMBDA_RUNS.includes(planned.name));
  if (series.length === 0) return '';
  const rows = series.map(({ planned, evaluation }) => [
    String(planned.set?.['penalties.contraction.weight'] ?? 0),
    evaluation.jacobianNorm?.toPrecision(4) ?? '–',
    evaluation.model.mse.toFixed(5),
    evaluation.totalVariation!.reconstructions.toFixed(5),
  ]);
  const roughness = series[0]!.evaluation.totalVariation!;
  return `## Contraction

The \`contractive\` recipe with the penalty's weight λ, and 1 − λ for the squared error. ‖J‖_F is the norm of the Jacobian of the code with
respect to the image, exact, mean over the test digits. Total variation: ${roughness.definition}; the digits themselves have ${roughness.images.toFixed(5)}.

${table(['λ', 'mean ‖J‖_F', 'test MSE / px', 'total variation of reconstructions'], rows)}
${shown(pictures, 'contractive-reconstructions.png', 'Reconstructions as λ grows')}${shown(pictures, 'contractive-005-anomalies.png', 'Anomaly masks')}`;
}

function probes(finished: readonly Finished[], pixels: Probe | null, pictures: ReadonlySet<string>): string {
  const percent = (part: number) => `${(100 * part).toFixed(2)} %`;
  const rows = finished.map(({ planned, probe, evaluation }) => [
    `\`${planned.name}\``,
    whole(evaluation.codeUnits),
    probe === null ? 'not probed' : percent(probe.codes.accuracy),
    probe?.pca ? percent(probe.pca.accuracy) : '–',
  ]);
  const raw = pixels === null ? '' : ` The 784 raw pixels give ${percent(pixels.accuracy)}.`;
  return `## What codes keep of the classes

Accuracy on the test digits of a linear probe on the codes, and on the scores of PCA with as many components.${raw} The probe is the
${finished.find(({ probe }) => probe !== null)?.probe?.codes.definition ?? ''}

${table(['recipe', 'code', 'probe on the code', 'probe on PCA'], rows)}
${shown(pictures, 'probes.png', 'Probe accuracies')}
\`overcomplete\`, \`sparse\` and \`overcomplete-noisy\` are one network with one loss and one training: plain, with the sparsity penalty, and
with half of the input's pixels masked. The others differ in more than one thing.
${shown(pictures, 'sparse-filters.png', 'Filters of sparse')}`;
}

function again(finished: readonly Finished[]): string {
  const missing = PLAN.filter(({ name }) => !finished.some(({ planned }) => planned.name === name));
  const absent =
    missing.length === 0
      ? ''
      : `\nNot measured yet: ${missing.map(({ name }) => `\`${name}\``).join(', ')}.\n`;
  return `## Repeating this

\`\`\`sh
HOURGLASS_DATA=<a folder with the four IDX files of MNIST> npm run results
\`\`\`
${absent}
A single recipe: \`npx hourglass train <recipe> --data mnist\`; the same seed, version and number of threads give the same bits.
`;
}
