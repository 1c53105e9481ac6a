/** The section "Tables" of docs/results.md. */
import { average, deviation } from './numbers.ts';
import { AIM, METHODS, PUBLISHED } from './published.ts';
import { sectionOf } from './sections.ts';
import { readTables, type TableFigures, type TableManifest } from './tables.ts';

export const TABLES_HEADING = '## Tables';

/** From the runs; else what the page has already, as its other sections may be written without them. */
export async function tablesSection(runs: string, page: string): Promise<string> {
  const found = await readTables(runs);
  return found === null ? (sectionOf(page, TABLES_HEADING) ?? '') : write(found.figures, found.manifest);
}

const spread = (values: readonly number[]): string =>
  `${(100 * average(values)).toFixed(2)} ± ${(100 * deviation(values)).toFixed(2)}`;

/** The mean over the sets, for each seed. */
const bySeed = (lists: readonly (readonly number[])[]): number[] =>
  lists[0]!.map((_, seed) => average(lists.map((list) => list[seed]!)));

function write(figures: readonly TableFigures[], { machine, versions }: TableManifest): string {
  const ours = bySeed(figures.map(({ distance }) => distance));
  const squares = bySeed(figures.map(({ meanSquare }) => meanSquare));
  const published = METHODS.map((_, i) => average(figures.map(({ name }) => PUBLISHED[name]![i]!)));
  const rows = figures.map(({ name, distance }) => [
    name,
    `**${spread(distance)}**`,
    ...PUBLISHED[name]!.map((value) => value.toFixed(2)),
  ]);
  const mean = ['**mean**', `**${spread(ours)}**`, ...published.map((value) => `**${value.toFixed(2)}**`)];
  const all = Object.keys(PUBLISHED).length;
  const reached = 100 * average(ours);
  const verdict =
    figures.length < all
      ? `Only ${figures.length} of ${all} tables are finished, so the mean is not comparable with the aim.`
      : `The aim was a mean of ${AIM}: ${reached >= AIM ? 'reached' : '**not reached**'}, with ${reached.toFixed(2)}.`;
  const seconds = figures.flatMap((each) => each.seconds);
  return `${TABLES_HEADING}

Anomalies in ten public tables of ADBench: the AUROC in per cent of the recipe \`table\`, mean and standard deviation of ${figures[0]!.distance.length} seeds,
beside published figures of the same protocol. The first half of the normal rows, in the order of the file, is for training; columns are
scaled by it. The last twelfth of that half validates and is not trained on. The other half and all anomalies test. The recipe, its
settings and its score (\`distance\`) are the same for all tables. ${verdict}

${[['table', 'hourglass', ...METHODS], ['---', ...METHODS.map(() => '---:'), '---:'], ...rows, mean].map((row) => `| ${row.join(' | ')} |`).join('\n')}

The same models scored by the mean squared error (\`--score mean\`) reach ${spread(squares)}. A training took ${average(seconds).toFixed(1)} s on average.
DTE is diffusion time estimation (Livernoche et al., 2024). hourglass ${versions.hourglass}, Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; ${machine.processor},
${machine.cores} cores, one thread.

\`\`\`sh
npm run results -- --only tables --tables <a folder with the ten NPZ files of ADBench, such as annthyroid.npz>
\`\`\`
`;
}
