/** The runs in a folder, with what a list of them shows. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { MANIFEST_FILE, type Manifest } from '../record/index.ts';
import { RUN_LOCK, runLockState } from './lock.ts';
import { readManifest, trueStatus } from './manifest.ts';
import { readTags } from './tags.ts';
import { isUnbegun } from './unbegun.ts';

/** What the list has of every run. */
export interface RunEntry {
  /** The run's folder. */
  folder: string;
  /** The name of its folder. */
  name: string;
  /** The tags that were given to it. */
  tags: string[];
  /** What is damaged, if anything is. */
  problem: string | null;
}

/** The figures that a list shows, on the test split. */
export interface ListedResults {
  /** The loss that was minimised; null if it was not measured. Comparable between runs of one loss only. */
  loss: number | null;
  /** Squared error per pixel of reconstructions of clean images. */
  mse: number;
}

/** A run in a list: readable, with its manifest, or damaged, with the problem. */
export type ListedRun =
  | (RunEntry & {
      /** The content of `run.json`. */
      manifest: Manifest;
      /** What it is doing now: a run whose process was killed is `stopped`. */
      status: Manifest['status'];
      /** Its figures; null unless it is finished. */
      results: ListedResults | null;
      /** The process that writes it, while it runs. */
      writer: RunWriter | null;
    })
  | (RunEntry & {
      /** The manifest cannot be read. */
      status: 'damaged';
      /** What is damaged. */
      problem: string;
    });

/** The process that writes a run. */
export interface RunWriter {
  /** The name of its machine. */
  host: string;
  /** Its process id there. */
  pid: number;
}

/**
 * The runs in a folder, the newest first; a damaged one is listed as such and hides no other. A folder that does not exist
 * has no runs.
 *
 * @param root the folder with the run folders; `hourglass train` makes them in `runs`.
 *
 * @example
 * ```ts
 * import { listRuns } from 'hourglass';
 *
 * for (const run of await listRuns('runs')) console.log(run.name, run.status);
 * ```
 */
export async function listRuns(root: string): Promise<ListedRun[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const runs: ListedRun[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const folder = join(root, entry.name);
    const names: string[] = await readdir(folder).catch(() => []);
    if (names.includes(MANIFEST_FILE) || (await isAbandoned(folder))) runs.push(await listRun(folder));
  }
  const started = (run: ListedRun) => ('manifest' in run ? run.manifest.startedAt : '');
  return runs.sort((a, b) => started(b).localeCompare(started(a)) || (a.name < b.name ? -1 : 1));
}

/** A run that was killed before it had a manifest; one that is being made has a living owner. */
const isAbandoned = async (folder: string): Promise<boolean> =>
  (await isUnbegun(folder)) && (await runLockState(folder)).state !== 'held';

async function listRun(folder: string): Promise<ListedRun> {
  const name = basename(folder);
  const problems: string[] = [];
  const noting = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      problems.push((error as Error).message);
      return otherwise;
    }
  };
  const tags = await noting(readTags(folder), []);
  const manifest = await noting<Manifest | null>(readManifest(folder), null);
  if (manifest === null) return { folder, name, status: 'damaged', tags, problem: problems.at(-1)! };
  const status = await trueStatus(folder, manifest);
  const results = status === 'finished' ? await noting(readFigures(folder), null) : null;
  const lock = status === 'running' ? await runLockState(folder) : null;
  const writer = lock !== null && 'owner' in lock ? { host: lock.owner.host, pid: lock.owner.pid } : null;
  if (lock?.state === 'unreadable') problems.push(`${join(folder, RUN_LOCK)}: is damaged`);
  const problem = problems.length === 0 ? null : problems.join('; ');
  return { folder, name, manifest, status, tags, results, writer, problem };
}

const figures = z.object({
  model: z.object({ mse: z.number() }),
  objective: z.object({ values: z.object({ loss: z.number() }) }).nullish(),
});

async function readFigures(folder: string): Promise<ListedResults | null> {
  const file = join(folder, 'results.json');
  const refuse = (rule: string, cause?: unknown) =>
    new HourglassError(
      'run',
      { subject: file, rule, hint: `see: ${command('evaluate', folder)}` },
      { cause },
    );
  const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE });
  if (text === null) throw refuse('is missing');
  try {
    const { model, objective } = figures.parse(JSON.parse(text));
    return { mse: model.mse, loss: objective?.values.loss ?? null };
  } catch (cause) {
    throw refuse('is damaged', cause);
  }
}
