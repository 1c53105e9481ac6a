/**
 * `npm run results -- --only anchors`: recipes that are to come near the best figures known for their network or their kind. Each
 * is a sweep of one seed in runs/results/anchors/<recipe>.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from './numbers.ts';
import { once, type Trained, trained } from './once.ts';
import { elbo, type Goal } from './plan.ts';
import { sectionOf } from './sections.ts';

export const ANCHORS_HEADING = '## Against better figures';

const PLANS: readonly { recipe: string; goals: readonly Goal[] }[] = [
  { recipe: 'vae20-best', goals: [elbo(101, 'our own aim for 20 units')] },
  { recipe: 'vae-best', goals: [elbo(141, 'our own aim for 2 units')] },
];

/** Trains what is not there yet. */
export async function trainAnchors(runs: string): Promise<void> {
  await mkdir(runs, { recursive: true });
  for (const { recipe } of PLANS) {
    process.stdout.write(`anchors: ${recipe} `);
    await once({ recipe }, { data: 'mnist', out: join(runs, recipe) });
    console.log();
  }
}

/** From the runs; else what the page has already. */
export async function anchorsSection(runs: string, page: string): Promise<string> {
  const finished = await Promise.all(
    PLANS.map(async ({ recipe, goals }) => ({ goals, run: (await trained(join(runs, recipe)))[0] })),
  );
  const rows = finished.flatMap(({ goals, run }) => (run === undefined ? [] : rowsOf(goals, run)));
  const first = finished.find(({ run }) => run !== undefined)?.run;
  if (first === undefined) return sectionOf(page, ANCHORS_HEADING) ?? '';
  const { machine, versions, seed } = first.manifest;
  return `${ANCHORS_HEADING}

Recipes of better networks or longer trainings than the references', on all of MNIST, measured on its 10,000 test digits with the weights
that validation chose; one seed (${seed}).

${table(['recipe', 'figure, on the test digits', 'goal', 'ours', 'reached', 'epochs', 'threads'], rows)}

hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} cores.

\`\`\`sh
npm run results -- --only anchors
\`\`\`
`;
}

const rowsOf = (goals: readonly Goal[], { manifest, evaluation }: Trained): string[][] =>
  goals.map(({ figure, most, ours, digits, reference }) => {
    const value = ours(evaluation);
    return [
      `\`${manifest.recipe}\``,
      figure,
      `≤ ${most} (${reference})`,
      `**${value.toFixed(digits)}**`,
      value <= most ? 'yes' : '**no**',
      `${evaluation.keptEpoch} of ${manifest.epoch}`,
      String(manifest.threads),
    ];
  });
