/**
 * `npm run results -- --only seeds`: recipes over five seeds where a single one would decide. Each line is a sweep, in
 * runs/results/seeds/<name>.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Evaluation } from 'hourglass';
import { average, deviation, halfInterval, table } from './numbers.ts';
import { once, type Trained, trained } from './once.ts';
import { contractionOf } from './plan.ts';
import { sectionOf } from './sections.ts';

export const SEEDS_HEADING = '## Over seeds';

const SEEDS = 5;
/** The λ of the series; heavier than in the plan of single runs, where an effect is looked for. */
const LAMBDAS = [0, 0.05, 0.2, 0.5];

const PLANS = [
  { name: 'stacked', recipe: 'stacked', set: {} },
  ...LAMBDAS.map((lambda) => ({
    name: `contractive-${String(lambda).replace('.', '')}`,
    recipe: 'contractive',
    set: contractionOf(lambda),
  })),
];

/** Trains what is not there yet: as many at a time as there are cores, with one thread each. */
export async function trainSeeds(runs: string): Promise<void> {
  await mkdir(runs, { recursive: true });
  for (const { name, recipe, set } of PLANS) {
    process.stdout.write(`${SEEDS} seeds of ${name} `);
    const place = { data: 'mnist', out: join(runs, name), seeds: SEEDS };
    await once({ recipe, set }, { ...place, parallel: availableParallelism(), threads: 1 });
    console.log();
  }
}

/** From the runs; else what the page has already. */
export async function seedsSection(runs: string, page: string): Promise<string> {
  const [stacked, ...series] = await Promise.all(PLANS.map(({ name }) => trained(join(runs, name))));
  const parts = [stacked!.length < SEEDS ? '' : stackedPart(stacked!), contractionPart(series)].filter(
    (part) => part !== '',
  );
  if (parts.length === 0) return sectionOf(page, SEEDS_HEADING) ?? '';
  const { machine, versions } = (stacked![0] ?? series[0]![0])!.manifest;
  return `${SEEDS_HEADING}

Sweeps over seeds 1 to ${SEEDS}, trained on all of MNIST with one thread each and measured on its 10,000 test digits: mean ± sample standard deviation.

${parts.join('\n')}
hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} cores.

\`\`\`sh
npm run results -- --only seeds
\`\`\`
`;
}

function stackedPart(runs: readonly Trained[]): string {
  const mae = runs.map(({ evaluation }) => evaluation.model.mae);
  const mse = runs.map(({ evaluation }) => evaluation.model.mse);
  const [least, most] = [Math.min(...mae), Math.max(...mae)];
  return `\`stacked\`: MAE per pixel ${spread(mae, 4)} (${least.toFixed(4)} to ${most.toFixed(4)}), MSE per pixel ${spread(mse, 4)}. The
reference's 0.0671 is that of one run.
`;
}

/** The series along λ, each against λ = 0 with the same seed; those that are finished. */
function contractionPart(all: readonly (readonly Trained[])[]): string {
  if (all[0]!.length < SEEDS) return '';
  const lambdas = LAMBDAS.filter((_, i) => all[i]!.length >= SEEDS);
  const series = all.filter((runs) => runs.length >= SEEDS);
  const of = (runs: readonly Trained[], read: (evaluation: Evaluation) => number): number[] =>
    runs.map(({ evaluation }) => read(evaluation));
  const variation = ({ totalVariation }: Evaluation) => totalVariation!.reconstructions;
  const without = of(series[0]!, variation);
  const differences = series.map((runs) => of(runs, variation).map((value, i) => value - without[i]!));
  const rows = series.map((runs, i) => [
    String(lambdas[i]),
    spread(
      of(runs, ({ jacobianNorm }) => jacobianNorm!),
      3,
    ),
    spread(
      of(runs, ({ model }) => model.mse),
      5,
    ),
    spread(of(runs, variation), 5),
    i === 0 ? '–' : interval(differences[i]!),
  ]);
  const falling = lambdas.filter(
    (_, i) => i > 0 && average(differences[i]!) + halfInterval(differences[i]!) < 0,
  );
  const verdict =
    falling.length === 0
      ? 'At none of these weights is the total variation lower than without the penalty by more than its interval.'
      : `The total variation is lower than without the penalty, by more than its interval, at λ = ${falling.join(', ')}.`;
  return `Total variation of reconstructions along the weight λ of the contraction penalty (recipe \`contractive\`, with 1 − λ for the squared error). The last
column is the difference from λ = 0 with the same seed, with its 95 % interval (Student's t, ${SEEDS} seeds). ${verdict}

${table(['λ', 'mean ‖J‖_F', 'test MSE / px', 'total variation', 'difference from λ = 0'], rows)}
`;
}

const spread = (values: readonly number[], digits: number): string =>
  `${average(values).toFixed(digits)} ± ${deviation(values).toFixed(digits)}`;

const interval = (values: readonly number[]): string =>
  `${average(values).toFixed(5)} ± ${halfInterval(values).toFixed(5)}`;
