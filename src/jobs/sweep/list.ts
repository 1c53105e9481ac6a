/** The sweeps in a folder, with what a list of them shows. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bestTrials, directionsOf, type Plan, type Study, type Trial } from '../../sweeps/index.ts';
import { isSweep, readPlan, SWEEPS_FOLDER, sweepLock } from './folder.ts';
import { StudyFile } from './study-file.ts';

export interface ListedSweep {
  folder: string;
  name: string;
  status: 'running' | 'finished' | 'stopped' | 'damaged';
  plan: Plan | null;
  /** Trials by their state. */
  counts: Readonly<Record<'complete' | 'pruned' | 'failed' | 'running', number>>;
  /** The best trial; with several objectives, the front. */
  best: Trial[];
  problem: string | null;
}

/** A folder that does not exist has none. */
export async function listSweeps(root: string = SWEEPS_FOLDER): Promise<ListedSweep[]> {
  const names = await readdir(root).catch(() => []);
  const sweeps: ListedSweep[] = [];
  for (const name of names.sort().reverse()) {
    const folder = join(root, name);
    if (isSweep(folder)) sweeps.push(await listedSweep(folder));
  }
  return sweeps;
}

async function listedSweep(folder: string): Promise<ListedSweep> {
  const counts = { complete: 0, pruned: 0, failed: 0, running: 0 };
  const entry = { folder, name: basename(folder), counts, best: [] };
  try {
    const { plan, study, status } = await readSweep(folder);
    for (const { state } of study.trials) if (state !== 'waiting') counts[state]++;
    return { ...entry, status, plan, best: bestTrials(plan, study), problem: null };
  } catch (error) {
    return { ...entry, status: 'damaged', plan: null, problem: (error as Error).message };
  }
}

export interface ReadSweep {
  plan: Plan;
  study: Study;
  status: 'running' | 'finished' | 'stopped';
}

/** A sweep as its folder tells it. */
export const readSweep = async (folder: string): Promise<ReadSweep> => (await followSweep(folder)).read();

/** A sweep that is looked at again and again: each time only what its journal has gained is read. */
export async function followSweep(folder: string): Promise<{ read(): Promise<ReadSweep> }> {
  const plan = await readPlan(folder);
  const file = await StudyFile.follow(folder, plan);
  return {
    async read() {
      const study = (await file.read()) ?? {
        ...{ name: plan.name, id: 0, directions: directionsOf(plan), user: {}, trials: [] },
      };
      const { state } = await sweepLock(folder);
      const ended = study.trials.filter((trial) => trial.state !== 'running').length;
      return {
        plan,
        study,
        status: state === 'held' ? 'running' : ended >= plan.trials ? 'finished' : 'stopped',
      };
    },
  };
}
