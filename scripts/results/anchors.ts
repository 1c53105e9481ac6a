/**
 * `npm run results -- --only anchors`: recipes that are to come near the best figures known for their network or their kind. Each
 * is a sweep of one seed in runs/results/anchors/<recipe>; what an evaluation does not hold is measured beside the run.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CodeProbe, evaluateOneClass, type OneClassEvaluation, probeRun } from 'hourglass';
import { table } from './numbers.ts';
import { measuredOnce, once, type Trained, trained } from './once.ts';
import { sectionOf } from './sections.ts';

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
}

interface Plan {
  recipe: string;
  /** What is measured beside the evaluation. */
  also?: 'probe' | 'oneClass';
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

/** The mean AUROC of a set-up by the mean squared error of an image. */
const auroc = ({ oneClass }: Measured, name: 'normal' | 'leave-one-out'): number | undefined =>
  oneClass?.tables.find(({ setup }) => setup === name)?.mean.squaredError;

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
    aims: [
      share('one-class: AUROC, mean of ten digits', 0.961, 'our own aim', (run) => auroc(run, 'normal')),
      share('leave-one-out: AUROC, mean of ten digits', 0.847, 'our own aim', (run) =>
        auroc(run, 'leave-one-out'),
      ),
    ],
  },
];

/** Trains and measures what is not there yet. */
export async function trainAnchors(runs: string): Promise<void> {
  await mkdir(runs, { recursive: true });
  for (const { recipe, also } of PLANS) {
    process.stdout.write(`anchors: ${recipe} `);
    const out = join(runs, recipe);
    await once({ recipe }, { data: 'mnist', out });
    const [run] = await trained(out);
    if (run !== undefined && also !== undefined) await measure[also](run.folder);
    console.log();
  }
}

const probeFile = (folder: string) => join(folder, 'probe.json');
const oneClassFile = (folder: string) => join(folder, 'one-class', 'one-class.json');

const measure = {
  probe: (folder: string) => measuredOnce(probeFile(folder), () => probeRun(folder)),
  // It keeps its own result, and continues what was stopped.
  oneClass: async (folder: string) => {
    if (!existsSync(oneClassFile(folder))) await evaluateOneClass(folder);
  },
} as const;

const kept = async <T>(file: string): Promise<T | null> =>
  existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as T) : null;

/** From the runs; else what the page has already. */
export async function anchorsSection(runs: string, page: string): Promise<string> {
  const rows: string[][] = [];
  let last: Trained | undefined;
  for (const { recipe, aims } of PLANS) {
    const [run] = await trained(join(runs, recipe));
    if (run === undefined) continue;
    last = run;
    const { folder } = run;
    const [probe, oneClass] = [
      await kept<CodeProbe>(probeFile(folder)),
      await kept<OneClassEvaluation>(oneClassFile(folder)),
    ];
    rows.push(...aims.flatMap((aim) => rowOf(aim, { ...run, probe, oneClass })));
  }
  if (last === undefined) return sectionOf(page, ANCHORS_HEADING) ?? '';
  const { machine, versions, seed } = last.manifest;
  return `${ANCHORS_HEADING}

Recipes of better networks or longer trainings than the references', on all of MNIST, measured on its 10,000 test digits with the weights
that validation chose; one seed (${seed}). k-means has ten clusters of the codes of the test digits; accuracy is that of the best assignment of
clusters to classes ([evaluation.md](evaluation.md)). AUROC is by the mean squared error of an image, of ten models that each learn one digit,
or all but one.

${table(['recipe', 'figure, on the test digits', 'goal', 'ours', 'reached', 'epochs', 'threads'], rows)}

hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} cores.

\`\`\`sh
npm run results -- --only anchors
\`\`\`
`;
}

function rowOf({ figure, limit, best, reference, ours, shown }: Aim, run: Measured): string[][] {
  const value = ours(run);
  if (value === undefined) return [];
  const isReached = best === 'low' ? value <= limit : value >= limit;
  return [
    [
      `\`${run.manifest.recipe}\``,
      figure,
      `${best === 'low' ? '≤' : '≥'} ${shown(limit)} (${reference})`,
      `**${shown(value)}**`,
      isReached ? 'yes' : '**no**',
      `${run.evaluation.keptEpoch} of ${run.manifest.epoch}`,
      String(run.manifest.threads),
    ],
  ];
}
