/**
 * `npm run results -- --only tables`: trains the recipe `table` on ten public tables with five seeds each, and measures how well
 * its scores find the anomalies. Sweeps lie in runs/results/tables/<set>; what is finished is not done again.
 *
 * The protocol is that of the published figures: the first half of the normal rows, in the order of the file, is for training,
 * and columns are scaled by it; the other half and all anomalies test. The last twelfth of the training rows validates, and is
 * not trained on. Nothing is set for a single table.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism as cores } from 'node:os';
import { join, resolve } from 'node:path';
import { HourglassError } from 'hourglass';
import { once, type Trained, trained } from './once.ts';
import { PUBLISHED } from './published.ts';

const SEEDS = 5;
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

export type TableManifest = Trained['manifest'];

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
  for (const name of Object.keys(PUBLISHED)) {
    process.stdout.write(name.padEnd(12));
    const out = join(runs, name);
    // Networks so small gain nothing from a second thread.
    const place = { data: fileOf(folder, name), out, seeds: SEEDS, parallel: cores(), threads: 1 };
    await once({ recipe: 'table', set: SET }, place);
    for (const run of await trained(out))
      process.stdout.write(` ${(100 * detectionOf(run).distance).toFixed(2)}`);
    console.log();
  }
}

function detectionOf({ evaluation: { detection } }: Trained): { distance: number; meanSquare: number } {
  const { distance, mean } = detection!.scores;
  return { distance: distance!.auroc, meanSquare: mean!.auroc };
}

/** What is in the folder of the runs: the tables that are finished with all seeds, and a manifest; null for none. */
export async function readTables(
  runs: string,
): Promise<{ figures: TableFigures[]; manifest: TableManifest } | null> {
  const figures: TableFigures[] = [];
  let manifest: TableManifest | null = null;
  for (const name of Object.keys(PUBLISHED)) {
    const finished = await trained(join(runs, name));
    if (finished.length < SEEDS) continue;
    const found = finished.map(detectionOf);
    manifest ??= finished[0]!.manifest;
    figures.push({
      name,
      distance: found.map(({ distance }) => distance),
      meanSquare: found.map(({ meanSquare }) => meanSquare),
      seconds: await Promise.all(finished.map((run) => secondsOf(run.folder))),
    });
  }
  return manifest === null ? null : { figures, manifest };
}

async function secondsOf(run: string): Promise<number> {
  const rows = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return rows.reduce((sum, row) => sum + (JSON.parse(row) as { seconds: number }).seconds, 0);
}
