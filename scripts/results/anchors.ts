/**
 * `npm run results -- --only anchors`: recipes that are to come near the best figures known for their network or their kind. Each
 * is a sweep of one seed in runs/results/anchors/<recipe>; what an evaluation does not hold is measured beside the run.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CodeProbe,
  evaluateLikelihood,
  evaluateOneClass,
  type LikelihoodEvaluation,
  type OneClassEvaluation,
  probeRun,
} from 'hourglass';
import { table } from './numbers.ts';
import { measuredOnce, once, type Planned, type Trained, trained } from './once.ts';
import { keyOf, rowsOf, sectionOf } from './sections.ts';

export const ANCHORS_HEADING = '## Against better figures';

/** A figure, the value to reach, and how ours is read. */
interface Aim {
  figure: string;
  limit: number;
  /** Which side of the limit is good. */
  best: 'low' | 'high';
  reference: string;
  /** Undefined if it was not measured. */
  ours: (run: Measured) => number | undefined;
  shown: (value: number) => string;
}

interface Measured extends Trained {
  probe: CodeProbe | null;
  oneClass: OneClassEvaluation | null;
  likelihood: LikelihoodEvaluation | null;
}

interface Plan extends Planned {
  /** The name of its folder, and of its row; default the recipe's. */
  name?: string;
  /** What is measured beside the evaluation. */
  also?: 'probe' | 'oneClass' | 'likelihood';
  aims: readonly Aim[];
}

const digits = (n: number) => (value: number) => value.toFixed(n);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

const loss = (figure: string, limit: number, reference: string, places: number): Aim => ({
  ...{ figure, limit, best: 'low', reference },
  ours: ({ evaluation }) => evaluation.objective?.values.loss,
  shown: digits(places),
});

const share = (
  figure: string,
  limit: number,
  reference: string,
  ours: (run: Measured) => number | undefined,
): Aim => ({ ...{ figure, limit, best: 'high', reference, ours }, shown: percent });

/** Mean AUROCs over the ten digits. */
const aurocs = (setup: 'normal' | 'leave-one-out', words: string, limit: number): Aim[] =>
  (['squaredError', 'neighbour'] as const).map((score) =>
    share(
      `${words}: mean AUROC by ${score === 'neighbour' ? '`neighbour`' : 'squared error'}`,
      limit,
      'our own aim',
      ({ oneClass }) => oneClass?.tables.find((table) => table.setup === setup)?.mean[score],
    ),
  );

/** All that MNIST has: over 500 of them the standard error is a nat. */
const TEST_DIGITS = 10_000;

/** Burda et al. trained 3,280 epochs; with 50 codes these take two hours of one core. */
const BOUND_EPOCHS = 60;

const nll = (limit: number, reference: string): Aim => ({
  ...{ figure: '−ln p(x), at most, nats per image', limit, best: 'low', reference },
  ours: ({ likelihood }) => likelihood?.nll.at(-1)?.value,
  shown: digits(2),
});

const PLANS: readonly Plan[] = [
  {
    recipe: 'deep30-best',
    aims: [
      {
        ...{
          figure: 'SE per image, 30 units',
          limit: 2.65,
          best: 'low',
          reference: 'the best known of dense layers',
        },
        ours: ({ evaluation }) => evaluation.model.squaredErrorPerImage,
        shown: digits(3),
      },
    ],
  },
  {
    recipe: 'conv-best',
    aims: [loss('BCE per pixel', 0.0622, 'a Keras run of the net of `conv`, 50 epochs', 4)],
  },
  {
    recipe: 'denoising-best',
    aims: [loss('BCE per pixel, noise of σ 0.4', 0.08, 'our own aim', 4)],
  },
  { recipe: 'vae20-best', aims: [loss('BCE + KL per image (nats)', 101, 'our own aim for 20 units', 2)] },
  { recipe: 'vae-best', aims: [loss('BCE + KL per image (nats)', 141, 'our own aim for 2 units', 2)] },
  {
    ...{ name: 'iwae, as a VAE', recipe: 'iwae', also: 'likelihood' },
    set: { 'model.code': { type: 'gaussian', units: 50 }, 'training.epochs': BOUND_EPOCHS },
    aims: [nll(86.76, 'Burda et al., 3,280 epochs')],
  },
  {
    ...{ name: 'iwae, 50 codes', recipe: 'iwae', also: 'likelihood' },
    set: { 'training.epochs': BOUND_EPOCHS },
    aims: [nll(84.78, 'Burda et al., 3,280 epochs')],
  },
  {
    recipe: 'clusters',
    also: 'probe',
    aims: [
      share(
        'k-means on the code, accuracy',
        0.88,
        'our own aim',
        (run) => run.probe?.clusters.codes.accuracy,
      ),
      share('k-means on the code, NMI', 0.81, 'our own aim', (run) => run.probe?.clusters.codes.nmi),
    ],
  },
  {
    recipe: 'basic',
    also: 'oneClass',
    aims: [...aurocs('normal', 'one-class', 0.961), ...aurocs('leave-one-out', 'leave-one-out', 0.847)],
  },
];

/** Trains and measures what is not there yet. */
export async function trainAnchors(runs: string): Promise<void> {
  await mkdir(runs, { recursive: true });
  for (const plan of PLANS) {
    const { recipe, set, also } = plan;
    process.stdout.write(`anchors: ${nameOf(plan)} `);
    const out = folderOf(runs, plan);
    await once({ recipe, ...(set ? { set } : {}) }, { data: 'mnist', out });
    const [run] = await trained(out);
    if (run !== undefined && also !== undefined) await measure[also](run.folder);
    console.log();
  }
}

const nameOf = ({ name, recipe }: Plan): string => name ?? recipe;
const folderOf = (runs: string, plan: Plan): string => join(runs, nameOf(plan).replace(/[^a-z0-9]+/gi, '-'));

const likelihoodFile = (folder: string) => join(folder, 'likelihood.json');
const probeFile = (folder: string) => join(folder, 'probe.json');
const oneClassFile = (folder: string) => join(folder, 'one-class', 'one-class.json');

const measure = {
  likelihood: (folder: string) =>
    measuredOnce(likelihoodFile(folder), () =>
      evaluateLikelihood(folder, { binarisation: 'sampled', images: TEST_DIGITS }),
    ),
  probe: (folder: string) => measuredOnce(probeFile(folder), () => probeRun(folder)),
  // It keeps its own result, and continues what was stopped.
  oneClass: async (folder: string) => {
    if (!existsSync(oneClassFile(folder))) await evaluateOneClass(folder);
  },
} as const;

const kept = async <T>(file: string): Promise<T | null> =>
  existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as T) : null;

/** From the runs; rows without a run, and a section without one, are what the page has already. */
export async function anchorsSection(runs: string, page: string): Promise<string> {
  const before = rowsOf(page, ANCHORS_HEADING, KEYS);
  const rows: string[][] = [];
  let last: Trained | undefined;
  for (const plan of PLANS) {
    const [run] = await trained(folderOf(runs, plan));
    const measured = run === undefined ? null : await measuredBeside(run);
    last = run ?? last;
    for (const aim of plan.aims) {
      const row = (measured && rowOf(plan, aim, measured)) ?? before.get(keyOf(namesOf(plan, aim), KEYS));
      if (row !== undefined) rows.push(row);
    }
  }
  if (last === undefined) return sectionOf(page, ANCHORS_HEADING) ?? '';
  const { machine, versions, seed } = last.manifest;
  return `${ANCHORS_HEADING}

Recipes of better networks or longer trainings than the references', on all of MNIST, measured on its 10,000 test digits with the weights
that validation chose; one seed (${seed}). k-means has ten clusters of the codes of the test digits; accuracy is that of the best assignment of
clusters to classes ([evaluation.md](evaluation.md)). AUROC is of ten models that each learn one digit, or all but one, by the
mean squared error of an image and by \`neighbour\`, which has the distance to the nearest learned code as well. −ln p(x) is bounded by 5,000 codes
an image, whose pixels are drawn once as 0 or 1.

${table(['recipe', 'figure, on the test digits', 'goal', 'ours', 'reached', 'epochs', 'threads'], rows)}

hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}.

\`\`\`sh
npm run results -- --only anchors
\`\`\`
`;
}

async function measuredBeside(run: Trained): Promise<Measured> {
  const { folder } = run;
  return {
    ...run,
    probe: await kept<CodeProbe>(probeFile(folder)),
    oneClass: await kept<OneClassEvaluation>(oneClassFile(folder)),
    likelihood: await kept<LikelihoodEvaluation>(likelihoodFile(folder)),
  };
}

/** The cells of a row that name it. */
const KEYS = 2;
const namesOf = ({ recipe, name }: Plan, { figure }: Aim): [string, string] => [
  `\`${recipe}\`${name === undefined ? '' : name.slice(recipe.length)}`,
  figure,
];

function rowOf(plan: Plan, aim: Aim, run: Measured): string[] | undefined {
  const { limit, best, reference, ours, shown } = aim;
  const value = ours(run);
  if (value === undefined) return undefined;
  const isReached = best === 'low' ? value <= limit : value >= limit;
  return [
    ...namesOf(plan, aim),
    `${best === 'low' ? '≤' : '≥'} ${shown(limit)} (${reference})`,
    `**${shown(value)}**`,
    isReached ? 'yes' : '**no**',
    `${run.evaluation.keptEpoch} of ${run.manifest.epoch}`,
    String(run.manifest.threads),
  ];
}
