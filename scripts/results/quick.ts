/**
 * `npm run results -- --quick`: every recipe of digits, as it is, on the 10,000 digits that come along: in less than an hour, without
 * a network. Sweeps of one seed lie in runs/results/quick-set/<recipe>.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  evaluateGeneration,
  FIGURES,
  fitSampler,
  type GenerationEvaluation,
  HourglassError,
  loadRecipe,
  recipeNames,
} from 'hourglass';
import { table } from './numbers.ts';
import { once, type Trained, trained } from './once.ts';
import { keyOf, rowsOf, sectionOf } from './sections.ts';

export const QUICK_HEADING = '## Every recipe on the embedded digits';

const SET = 'mnist-10k';
/** Test digits that samples are compared with: all that the set has. */
const SAMPLES = 1000;
/** The widest code that a mixture of Gaussians is fitted to here; wider ones take minutes. */
const WIDEST_MIXTURE = 64;

/** Written for photographs; and the references' own networks of 23 million weights, which take hours. */
const LEFT_OUT = ['conv-large', 'inspect', 'code3d-original', 'code4x4-original'];

const recipes = (): string[] =>
  recipeNames().filter(
    (name) => !LEFT_OUT.includes(name) && ['mnist', SET].includes(loadRecipe(name).data.set),
  );

/** Trains and measures what is not there yet. */
export async function trainQuick(runs: string, only?: readonly string[]): Promise<void> {
  await mkdir(runs, { recursive: true });
  const unknown = only?.find((name) => !recipes().includes(name));
  if (unknown !== undefined) {
    throw new HourglassError('usage', {
      subject: '--quick --only',
      rule: `must be of ${recipes().join(', ')}`,
      got: unknown,
    });
  }
  for (const recipe of only ?? recipes()) {
    process.stdout.write(`${SET}: ${recipe} `);
    const out = join(runs, recipe);
    await once({ recipe }, { data: SET, out });
    const [run] = await trained(out);
    if (run !== undefined) await measureGeneration(run);
    console.log();
  }
}

const generationFile = (folder: string) => join(folder, 'generation.json');

async function measureGeneration({ folder, evaluation }: Trained): Promise<void> {
  const file = generationFile(folder);
  if (existsSync(file)) return;
  const isNarrow = evaluation.codeUnits <= WIDEST_MIXTURE;
  if (isNarrow) await fitSampler(folder);
  const measured = await evaluateGeneration(folder, { images: SAMPLES });
  await writeFile(file, `${JSON.stringify(measured, null, 2)}\n`);
}

/** From the runs; rows without a run, and a section without one, are what the page has already. */
export async function quickSection(runs: string, page: string): Promise<string> {
  const finished: (Trained & { recipe: string; generation: GenerationEvaluation })[] = [];
  for (const recipe of recipes()) {
    const [run] = await trained(join(runs, recipe));
    if (run === undefined || !existsSync(generationFile(run.folder))) continue;
    const generation = JSON.parse(await readFile(generationFile(run.folder), 'utf8')) as GenerationEvaluation;
    finished.push({ recipe, ...run, generation });
  }
  const [first] = finished;
  if (first === undefined) return sectionOf(page, QUICK_HEADING) ?? '';
  const frechet = ({ generation: { sources } }: (typeof finished)[number], ...names: string[]): string => {
    const found = sources.find(({ source }) => names.includes(source))?.frechet;
    return found === undefined ? '–' : found.toFixed(1);
  };
  const measured = finished.map((run) => {
    const { model, pca, similarity, codeUnits, objective } = run.evaluation;
    return [
      `\`${run.recipe}\``,
      codeUnits.toLocaleString('en'),
      model.mse.toFixed(5),
      pca === null ? '–' : pca.mse.toFixed(5),
      similarity?.model.ssim.toFixed(3) ?? '–',
      objective?.values.loss?.toPrecision(4) ?? '–',
      inUse(run),
      frechet(run, 'reconstruction'),
      frechet(run, 'prior'),
      frechet(run, 'codes'),
      frechet(run, 'mixture'),
    ];
  });
  const training = first.generation.sources.find(({ source }) => source === 'training')?.frechet;
  const known = new Map([
    ...rowsOf(page, QUICK_HEADING, 1),
    ...measured.map((row) => [keyOf(row, 1), row] as const),
  ]);
  const rows = recipes().flatMap((recipe) => {
    const row = known.get(`\`${recipe}\``);
    return row === undefined ? [] : [row];
  });
  const missing = recipes().filter((recipe) => !known.has(`\`${recipe}\``));
  const { machine, versions, seed, dataset } = first.manifest;
  const head = ['recipe', 'code', 'MSE / px', 'PCA', 'SSIM', 'test loss', 'in use'];
  const sources = ['reconstructions', 'prior', 'Gaussian', 'mixture'].map((name) => `FD ${name}`);
  return `${QUICK_HEADING}

Recipes as they are, trained on the ${dataset.counts.train.toLocaleString('en')} training digits of \`${SET}\` and measured on its ${dataset.counts.test.toLocaleString('en')} test digits, one seed (${seed}). Recipes that are
written for all of MNIST see a sixth of its digits here, so they are trained less. The test loss is each recipe's own, and cannot be compared
between recipes of different losses. "In use": units with Var(μ) > 0.01 of a variational code, or the share of the values of a
quantised one. "FD" is the Fréchet distance on the features of the small classifier of digits (docs/evaluation.md), ${SAMPLES.toLocaleString('en')} samples against all test
digits: of reconstructions, of draws from the model's own prior, from one Gaussian of the codes, and from a mixture of Gaussians of codes of
at most ${WIDEST_MIXTURE} units.${training === undefined ? '' : ` Training digits have ${training.toFixed(1)}.`}

${table([...head, ...sources], rows)}
${missing.length === 0 ? '' : `\nNot measured yet: ${missing.map((recipe) => `\`${recipe}\``).join(', ')}.\n`}
hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} cores.

\`\`\`sh
npm run results -- --quick
\`\`\`
`;
}

/** How much of a code is used, where that is measured. */
function inUse({ evaluation }: Trained): string {
  const read = (key: string) =>
    FIGURES.find((figure) => figure.key === key)?.read(evaluation as never) ?? null;
  const [active, used] = [read('activeUnits'), read('valuesUsed')];
  if (active !== null) return `${active} of ${evaluation.codeUnits}`;
  return used === null ? '–' : `${(100 * used).toFixed(1)} %`;
}
