/** One plan of `npm run results`: a sweep of one or more seeds, begun, continued, or left as it is. */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type Evaluation,
  HourglassError,
  type ListedRun,
  listRuns,
  loadRecipe,
  readSweep,
  resumeSweep,
  type SweepSummary,
  sweep,
} from 'hourglass';
import { settingsOf } from './settings.ts';

export interface Planned {
  recipe: string;
  /** Recipe values that are replaced, by path. */
  set?: Readonly<Record<string, unknown>>;
}

export interface Place {
  /** The name of the data set, or a file. */
  data: string;
  /** The folder of the sweep. */
  out: string;
  /** Seeds, from 1. Default 1. */
  seeds?: number;
  /** Trainings at the same time. Default 1. */
  parallel?: number;
  /** Threads of each training. Default: the cores, divided among them. */
  threads?: number;
}

type Manifest = Extract<ListedRun, { manifest: unknown }>['manifest'];

/** A finished training with its figures on the test split. */
export interface Trained {
  folder: string;
  manifest: Manifest;
  evaluation: Evaluation & { keptEpoch: number };
}

/** @throws HourglassError for a sweep that was begun with other settings than the recipe has now. */
export async function once({ recipe, set = {} }: Planned, place: Place): Promise<SweepSummary> {
  const { data, out, seeds = 1, parallel = 1, threads } = place;
  const control = {
    parallel,
    onTrial: () => process.stdout.write('.'),
  };
  if (existsSync(out)) {
    const known = await readSweep(out);
    requireSame(known, { recipe, set }, place);
    return known.status === 'finished' ? known : resumeSweep(out, control);
  }
  const request = { ...control, data, seeds, out, set, ...(threads ? { threads } : {}) };
  return sweep(recipe, request);
}

function requireSame(known: SweepSummary, { recipe, set = {} }: Planned, { data, out }: Place): void {
  const { 'data.set': samples, ...others } = known.set;
  const isSameData = samples === data || samples === resolve(data);
  const isSame =
    isSameData &&
    JSON.stringify(others) === JSON.stringify(set) &&
    settingsOf({ ...known.recipe }) === settingsOf({ ...loadRecipe(recipe) });
  if (isSame) return;
  throw new HourglassError('run', {
    subject: out,
    rule: 'was trained with other settings than the recipe has now',
    hint: 'delete the folder to train it again',
  });
}

/** The finished trainings of a sweep, in the order of their seeds; none if there is no such folder. */
export async function trained(out: string): Promise<Trained[]> {
  const trials = join(out, 'trials');
  if (!existsSync(trials)) return [];
  const runs: Trained[] = [];
  for (const run of await listRuns(trials)) {
    if (run.status !== 'finished' || !('manifest' in run)) continue;
    const results = await readFile(join(run.folder, 'results.json'), 'utf8');
    runs.push({
      folder: run.folder,
      manifest: run.manifest,
      evaluation: JSON.parse(results) as Trained['evaluation'],
    });
  }
  return runs.sort((a, b) => a.manifest.seed - b.manifest.seed);
}

/** Writes what is measured to a JSON file, unless it is there. */
export async function measuredOnce(file: string, measure: () => Promise<unknown>): Promise<void> {
  if (existsSync(file)) {
    JSON.parse(await readFile(file, 'utf8'));
    return;
  }
  const result = `${JSON.stringify(await measure(), null, 2)}\n`;
  await writeFile(`${file}.tmp`, result);
  await rename(`${file}.tmp`, file);
}
