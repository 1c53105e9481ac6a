/** docs/results.md, from what is in the folders of the runs: every figure with its definition and split. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CodeProbe, compareRuns, type Evaluation, type ListedRun, listRuns } from 'hourglass';
import { LAMBDAS, PLAN, type PlannedRun } from './plan.ts';

type Manifest = Extract<ListedRun, { manifest: unknown }>['manifest'];

interface Row {
  epoch: number;
  validation: Record<string, number>;
  seconds: number;
}

interface Finished {
  planned: PlannedRun;
  folder: string;
  manifest: Manifest;
  evaluation: Evaluation & { keptEpoch: number };
  rows: Row[];
  probe: CodeProbe | null;
}

interface Probe {
  accuracy: number;
  definition: string;
}

/** Writes the page from the runs that are finished and gives its path. */
export async function writePage(root: string, runs: string): Promise<string> {
  const listed = await listRuns(runs);
  const finished: Finished[] = [];
  for (const planned of PLAN) {
    const found = listed.find(({ name }) => name === planned.name);
    if (found?.status === 'finished' && 'manifest' in found) {
      finished.push(await read(planned, found.folder, found.manifest));
    }
  }
  const pixels = await json<Probe>(join(runs, 'probe-pixels.json')).catch(() => null);
  const pictures = await drawPictures(root, finished);
  const file = join(root, 'docs', 'results.md');
  const [first] = finished;
  if (first === undefined) throw new Error(`no finished run in ${runs}`);
  const page = [
    heading(first),
    goals(finished),
    figures(finished),
    variational(finished),
    denoisers(finished),
    contractive(finished, pictures),
    probes(finished, pixels),
    await readFile(join(root, 'scripts', 'results', 'notes.md'), 'utf8'),
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

async function json<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

async function read(planned: PlannedRun, folder: string, manifest: Manifest): Promise<Finished> {
  const metrics = await readFile(join(folder, 'metrics.jsonl'), 'utf8');
  return {
    planned,
    folder,
    manifest,
    evaluation: await json(join(folder, 'results.json')),
    rows: metrics
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
    probe: await json(join(folder, 'probe.json')),
  };
}

/** The pictures that the page and the guide show, copied from the runs; and those of several runs together. */
const COPIED: readonly [run: string, picture: string][] = [
  ['code3d', 'codes-3d'],
  ['code4x4', 'before-after'],
  ['vae', 'manifold'],
  ['vae', 'codes'],
  ['denoising', 'denoising'],
  ['contractive-005', 'anomalies'],
  ['sparse', 'filters'],
];

const LAMBDA_RUNS = LAMBDAS.map((lambda) => `contractive-${String(lambda).replace('.', '')}`);

async function drawPictures(root: string, finished: readonly Finished[]): Promise<Set<string>> {
  const folder = join(root, 'docs', 'pictures');
  await mkdir(folder, { recursive: true });
  const drawn = new Set<string>();
  for (const [run, picture] of COPIED) {
    const found = finished.find(({ planned }) => planned.name === run);
    if (found === undefined) continue;
    const name = `${run}-${picture}.png`;
    await copyFile(join(found.folder, 'pictures', `${picture}.png`), join(folder, name));
    drawn.add(name);
  }
  const together = async (name: string, runs: readonly string[]) => {
    const folders = runs.flatMap((run) => finished.find(({ planned }) => planned.name === run)?.folder ?? []);
    if (folders.length < runs.length) return;
    for (const file of await compareRuns(folders, join(root, 'runs', 'results', `together-${name}`))) {
      const picture = `${name}-${file.split('/').at(-1)}`;
      await copyFile(file, join(folder, picture));
      drawn.add(picture);
    }
  };
  await together('contractive', LAMBDA_RUNS);
  await together('stacked', ['stacked', 'stacked-nodropout', 'stacked-best']);
  return drawn;
}

const whole = (value: number) => value.toLocaleString('en');

function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  return rounded < 120 ? `${rounded} s` : `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

function heading({ manifest }: Finished): string {
  const { machine, versions, dataset, threads } = manifest;
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

Reconstructions of the clean test digits: of a Gaussian code from its mean, of a denoiser too without noise.

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

function variational(finished: readonly Finished[]): string {
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

On the test digits, nats per image, grey pixels as they are (not binarised), one sample of each code. BCE + KL bounds the negative
log-likelihood from above (as far as grey pixels have one); for \`beta-vae\` the loss has the KL divergence times its weight.

${table(['recipe', 'BCE', 'KL divergence', 'BCE + KL', 'loss'], rows)}
`;
}

function denoisers(finished: readonly Finished[]): string {
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

![Noise taken out](pictures/denoising-denoising.png)
`;
}

function contractive(finished: readonly Finished[], pictures: ReadonlySet<string>): string {
  const series = finished.filter(({ planned }) => LAMBDA_RUNS.includes(planned.name));
  if (series.length === 0) return '';
  const rows = series.map(({ planned, evaluation }) => [
    String(planned.set?.['penalties.contraction.weight'] ?? 0),
    evaluation.jacobianNorm?.toPrecision(4) ?? '–',
    evaluation.model.mse.toFixed(5),
    evaluation.totalVariation.reconstructions.toFixed(5),
  ]);
  const roughness = series[0]!.evaluation.totalVariation;
  const picture = 'contractive-reconstructions.png';
  return `## Contraction

The \`contractive\` recipe with the penalty's weight λ, and 1 − λ for the squared error. ‖J‖_F is the norm of the Jacobian of the code with
respect to the image, exact, mean over the test digits. Total variation: ${roughness.definition}; of the digits themselves ${roughness.images.toFixed(5)}.

${table(['λ', 'mean ‖J‖_F', 'test MSE / px', 'total variation of reconstructions'], rows)}
${pictures.has(picture) ? `\n![Reconstructions as λ grows](pictures/${picture})\n` : ''}`;
}

function probes(finished: readonly Finished[], pixels: Probe | null): string {
  const percent = (part: number) => `${(100 * part).toFixed(2)} %`;
  const rows = finished.map(({ planned, probe, evaluation }) => [
    `\`${planned.name}\``,
    whole(evaluation.codeUnits),
    probe === null ? 'too wide' : percent(probe.codes.accuracy),
    probe?.pca ? percent(probe.pca.accuracy) : '–',
  ]);
  const raw = pixels === null ? '' : ` Of the 784 raw pixels: ${percent(pixels.accuracy)}.`;
  return `## What codes keep of the classes

Accuracy on the test digits of a linear probe on the codes, and on the scores of PCA with as many components.${raw} The probe:
${finished.find(({ probe }) => probe !== null)?.probe?.codes.definition ?? ''}

${table(['recipe', 'code', 'probe on the code', 'probe on PCA'], rows)}
`;
}

function again(finished: readonly Finished[]): string {
  const missing = PLAN.filter(({ name }) => !finished.some(({ planned }) => planned.name === name));
  const absent =
    missing.length === 0 ? '' : `\nNot here yet: ${missing.map(({ name }) => `\`${name}\``).join(', ')}.\n`;
  return `## Again

\`\`\`sh
HOURGLASS_DATA=<a folder with the four IDX files of MNIST> npm run results
\`\`\`
${absent}
One recipe alone: \`npx hourglass train <recipe> --data mnist\`; the same seed, version and number of threads give the same bits.
`;
}
