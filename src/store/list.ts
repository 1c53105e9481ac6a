/** The runs in a folder, with what a list of them shows. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../read-file.ts';
import { RUN_LOCK, runLockState } from './lock.ts';
import { MANIFEST_FILE, type Manifest, readManifest, trueStatus } from './manifest.ts';
import type { Owner } from './owner.ts';
import { readTags } from './tags.ts';
import { isUnbegun } from './unbegun.ts';

interface Listed {
  folder: string;
  name: string;
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

export type ListedRun =
  | (Listed & {
      manifest: Manifest;
      status: Manifest['status'];
      results: ListedResults | null;
      /** The process that writes it, while it runs. */
      writer: Pick<Owner, 'host' | 'pid'> | null;
    })
  | (Listed & { status: 'damaged'; problem: string });

/** The runs in a folder, the newest first; a damaged one is listed as such and hides no other. */
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
