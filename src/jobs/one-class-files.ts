/** The AUROC tables as files: JSON, CSV and a picture for each set-up and score. */
import { join } from 'node:path';
import { encodeCsv } from '../codecs/csv.ts';
import type { ScoreName } from '../evaluation/anomaly-scores.ts';
import type { bars as Bars } from '../render/index.ts';
import { savePicture } from '../session/save-pictures.ts';
import { writeWhole } from '../store/index.ts';
import type { OneClassEvaluation, OneClassTable } from './one-class-tables.ts';

const SCORES: readonly { name: ScoreName; words: string; suffix: string }[] = [
  { name: 'squaredError', words: 'squared error', suffix: '' },
  { name: 'max', words: 'largest squared error of a pixel', suffix: '-max' },
  { name: 'top1%', words: 'largest 1 % of the squared errors', suffix: '-top1' },
  { name: 'smoothed-max', words: 'largest smoothed squared error', suffix: '-smoothed-max' },
  { name: 'neighbour', words: 'relative error × distance to the nearest code', suffix: '-neighbour' },
  { name: 'negativeElbo', words: 'negative ELBO', suffix: '-elbo' },
];

const TITLES: Readonly<Record<OneClassTable['setup'], string>> = {
  normal: 'One class is normal, all others are anomalies',
  'leave-one-out': 'One class is the anomaly, all others are normal',
  'as trained': 'The learned classes are normal, all others are anomalies',
};

/** Writes the tables into their folder and returns the paths of all files. */
export async function writeOneClass(evaluation: Omit<OneClassEvaluation, 'files'>): Promise<string[]> {
  const { folder, tables } = evaluation;
  const [json, csv] = [join(folder, 'one-class.json'), join(folder, 'one-class.csv')];
  const { folder: _, ...content } = evaluation;
  await writeWhole(json, `${JSON.stringify(content, null, 2)}\n`);
  await writeWhole(csv, encodeCsv(tables.flatMap(csvRows)));
  const files = [json, csv];
  const { bars } = await import('../render/index.ts');
  for (const table of tables) {
    for (const score of SCORES) {
      if (table.mean[score.name] === undefined) continue;
      files.push(await savePicture(folder, drawn(bars, evaluation, table, score)));
    }
  }
  return files;
}

function csvRows({ setup, rows }: OneClassTable) {
  return rows.map((row) => ({
    setup,
    class: row.class,
    normal_images: row.normal,
    anomalous_images: row.anomalous,
    auroc_squared_error: row.auroc.squaredError ?? null,
    auroc_max: row.auroc.max ?? null,
    auroc_top1: row.auroc['top1%'] ?? null,
    auroc_smoothed_max: row.auroc['smoothed-max'] ?? null,
    auroc_neighbour: row.auroc.neighbour ?? null,
    auroc_negative_elbo: row.auroc.negativeElbo ?? null,
    run: row.run,
  }));
}

const lengthOf = (epochs: number | null): string =>
  epochs === null ? "epochs fitted to each model's images" : `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;

function drawn(
  bars: typeof Bars,
  { dataset, recipe, epochs }: Omit<OneClassEvaluation, 'files'>,
  { setup, rows, mean }: OneClassTable,
  { name, words, suffix }: (typeof SCORES)[number],
) {
  const average = rows.length > 1 && setup !== 'as trained' ? `, mean ${mean[name]!.toFixed(3)}` : '';
  const svg = bars({
    title: TITLES[setup],
    subtitle: `${recipe} on ${dataset}, ${lengthOf(epochs)}: AUROC of the ${words} on test images${average}`,
    xLabel: 'AUROC',
    items: rows.map((row) => ({
      name: row.class ?? (rows.length > 1 ? 'all others' : 'this run'),
      value: row.auroc[name]!,
      text: row.auroc[name]!.toFixed(3),
      note: `${row.normal.toLocaleString('en')} normal, ${row.anomalous.toLocaleString('en')} anomalous`,
    })),
    reference: { name: 'chance', value: 0.5 },
  });
  return { name: `one-class-${setup.replace(' ', '-')}${suffix}`, svg };
}
