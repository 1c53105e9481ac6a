/**
 * `npm run results -- --only fashion`: recipes as they are, trained on Fashion-MNIST, whose pictures nothing here was tuned to. The set
 * is downloaded, or comes from Debian's package dataset-fashion-mnist. Sweeps lie in runs/results/fashion/<recipe>.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError, openDataset } from 'hourglass';
import { once, trained } from './once.ts';
import { sectionOf } from './sections.ts';

const SET = 'fashion-mnist';
export const FASHION_HEADING = '## Fashion-MNIST';
const RECIPES = ['quick', 'basic', 'stacked-best', 'vae20', 'fsq', 'vq', 'sparse', 'conv'];

/** Trains and measures what is not there yet. */
export async function trainFashion(runs: string): Promise<void> {
  await mkdir(runs, { recursive: true });
  for (const recipe of RECIPES) {
    process.stdout.write(`${SET}: ${recipe} `);
    await once({ recipe }, { data: SET, out: join(runs, recipe) });
    console.log();
  }
}

/** Whether the set is on this machine: without `--only`, nothing is downloaded for it. */
export async function hasFashion(): Promise<boolean> {
  try {
    await openDataset(SET, { offline: true });
    return true;
  } catch (error) {
    if (error instanceof HourglassError) return false;
    throw error;
  }
}

/** From the runs; else what the page has already. */
export async function fashionSection(runs: string, page: string): Promise<string> {
  const all = await Promise.all(
    RECIPES.map(async (recipe) => (await trained(join(runs, recipe))).map((run) => ({ recipe, ...run }))),
  );
  const finished = all.flat();
  const [first] = finished;
  if (first === undefined) return sectionOf(page, FASHION_HEADING) ?? '';
  const rows = finished.map(
    ({ recipe, evaluation: { model, similarity, pca, meanImage, codeUnits, objective } }) => [
      `\`${recipe}\``,
      codeUnits.toLocaleString('en'),
      `**${model.mse.toFixed(5)}**`,
      pca === null ? '–' : pca.mse.toFixed(5),
      meanImage.mse.toFixed(5),
      model.mae.toFixed(4),
      model.bce.toFixed(4),
      similarity?.model.ssim.toFixed(3) ?? '–',
      objective?.values.klDivergence === undefined ? '–' : objective.values.loss!.toFixed(2),
    ],
  );
  const head = ['recipe', 'code', 'MSE / px', 'PCA', 'mean image', 'MAE / px', 'BCE / px', 'SSIM'];
  const missing = RECIPES.filter((recipe) => !finished.some((run) => run.recipe === recipe));
  const { machine, versions, threads, seed, dataset } = first.manifest;
  return `${FASHION_HEADING}

Recipes as they are, trained on the ${dataset.counts.train.toLocaleString('en')} training pictures of Fashion-MNIST and measured on its ${dataset.counts.test.toLocaleString('en')} test pictures. No setting was
chosen for these pictures. "PCA" and "mean image" are the MSE of PCA with a code of the same size and of the mean training picture. BCE + KL is
in nats per image, on grey pixels.

${[[...head, 'BCE + KL'], ['---', ...head.map(() => '---:')], ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}
${missing.length === 0 ? '' : `\nNot measured yet: ${missing.map((recipe) => `\`${recipe}\``).join(', ')}.\n`}
hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor}, ${machine.cores} cores, ${threads} threads, seed ${seed}.

\`\`\`sh
npm run results -- --only fashion
\`\`\`
`;
}
