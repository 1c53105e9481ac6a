/**
 * `npm run results -- --only tables`: trains the recipe `table` on ten public tables with five seeds each, and measures how well
 * its scores find the anomalies. Runs lie in runs/results/tables/<set>-<seed>; what is finished is not done again.
 *
 * The protocol is that of the published figures: the first half of the normal rows, in the order of the file, is for training,
 * and columns are scaled by it; the other half and all anomalies test. The last twelfth of the training rows validates, and is
 * not trained on. Nothing is set for a single table.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Evaluation, HourglassError, listRuns, loadRecipe, resumeTraining, train } from 'hourglass';
import { PUBLISHED } from './published.ts';
import { settingsOf } from './settings.ts';

const SEEDS = [1, 2, 3, 4, 5];
const SET = {
  'data.label': 'y',
  'data.normal': 0,
  'data.split': 'order',
  'data.test': 0.5,
};

/** What was reached on one table, by seed: AUROCs from 0 to 1. */
export interface TableFigures {
  name: string;
  distance: number[];
  meanSquare: number[];
  seconds: number[];
}

type Listed = Awaited<ReturnType<typeof listRuns>>[number];
export type TableManifest = Extract<Listed, { manifest: unknown }>['manifest'];

/** The folder with the ten tables: as given, that of HOURGLASS_TABLES, or HOURGLASS_DATA or its folder `tables`. */
export function tablesFolder(given: string | undefined): string | null {
  const { HOURGLASS_TABLES: own, HOURGLASS_DATA: data } = process.env;
  const asked = given ?? own;
  const places = asked ? [asked] : data ? [data, join(data, 'tables')] : [];
  const found = places.find((folder) =>
    Object.keys(PUBLISHED).every((name) => existsSync(fileOf(folder, name))),
  );
  if (found !== undefined) return resolve(found);
  if (asked === undefined || asked === '') return null;
  const absent = Object.keys(PUBLISHED).filter((name) => !existsSync(fileOf(asked, name)));
  throw new HourglassError('data', {
    subject: asked,
    rule: `must be a folder with ${Object.keys(PUBLISHED).length} tables of ADBench as NPZ files (X, y)`,
    got: `no ${absent.map((name) => `${name}.npz`).join(', ')}`,
  });
}

const fileOf = (folder: string, name: string) => join(folder, `${name}.npz`);

/** Trains and measures what is not there yet. */
export async function trainTables(folder: string, runs: string): Promise<void> {
  await mkdir(runs, { recursive: true });
  const known = new Map((await listRuns(runs)).map((run) => [run.folder, run]));
  for (const name of Object.keys(PUBLISHED)) {
    process.stdout.write(name.padEnd(12));
    for (const seed of SEEDS) {
      const out = join(runs, `${name}-${seed}`);
      const run = known.get(out);
      if (run !== undefined && 'manifest' in run)
        requireSame(out, run.manifest.config, seed, fileOf(folder, name));
      if (run === undefined)
        await train('table', {
          data: fileOf(folder, name),
          out,
          set: { ...SET, seed },
          tensorboard: 'none',
          // Networks so small gain nothing from a second.
          threads: 1,
        });
      else if (run.status !== 'finished') await resumeTraining(out);
      process.stdout.write(` ${(100 * (await detectionOf(out)).distance).toFixed(2)}`);
    }
    console.log();
  }
}

/** @throws HourglassError for a run that was trained with other settings than the recipe has now. */
function requireSame(out: string, config: object, seed: number, file: string): void {
  const planned = loadRecipe('table', { ...SET, seed, 'data.set': file });
  // Epochs and batch size follow the number of rows.
  const fixed = ({ model, corruption, loss, training, data }: Record<string, unknown>) => {
    const { epochs: _, batchSize: __, ...rest } = training as Record<string, unknown>;
    const { normal, label, split, test } = data as Record<string, unknown>;
    return settingsOf({ model, corruption, loss, rest, normal, label, split, test });
  };
  if (fixed(config as Record<string, unknown>) === fixed({ ...planned })) return;
  throw new HourglassError('run', {
    subject: out,
    rule: 'was trained with other settings than the recipe has now',
    hint: 'delete the folder to train it again',
  });
}

async function detectionOf(run: string): Promise<{ distance: number; meanSquare: number }> {
  const { detection } = JSON.parse(await readFile(join(run, 'results.json'), 'utf8')) as Evaluation;
  const { distance, mean } = detection!.scores;
  return { distance: distance!.auroc, meanSquare: mean!.auroc };
}

/** What is in the folder of the runs: the tables that are finished with all seeds, and a manifest; null for none. */
export async function readTables(
  runs: string,
): Promise<{ figures: TableFigures[]; manifest: TableManifest } | null> {
  const finished = new Map<string, TableManifest>();
  for (const run of existsSync(runs) ? await listRuns(runs) : []) {
    if (run.status === 'finished' && 'manifest' in run) finished.set(run.name, run.manifest);
  }
  const figures: TableFigures[] = [];
  for (const name of Object.keys(PUBLISHED)) {
    const names = SEEDS.map((seed) => `${name}-${seed}`);
    if (!names.every((each) => finished.has(each))) continue;
    const found = await Promise.all(names.map((each) => detectionOf(join(runs, each))));
    figures.push({
      name,
      distance: found.map(({ distance }) => distance),
      meanSquare: found.map(({ meanSquare }) => meanSquare),
      seconds: await Promise.all(names.map((each) => secondsOf(join(runs, each)))),
    });
  }
  const [manifest] = finished.values();
  return figures.length === 0 || manifest === undefined ? null : { figures, manifest };
}

async function secondsOf(run: string): Promise<number> {
  const rows = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return rows.reduce((sum, row) => sum + (JSON.parse(row) as { seconds: number }).seconds, 0);
}
