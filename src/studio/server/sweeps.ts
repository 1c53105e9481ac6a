/** The sweeps of a folder: read from their journals, which other processes write. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  bestTrials,
  followSweep,
  isSweep,
  objectiveOf,
  type ReadSweep,
  rankedTrials,
  shortNames,
  valueAt,
  valueText,
} from '../../api.ts';
import { Problem } from '../../server/problem.ts';
import type { SweepDetails, SweepEntry, SweepTrial, TrialState } from '../protocol.ts';
import { idOf } from './run-ids.ts';

/** Trials of one sweep that the page shows. */
const SHOWN = 200;

type Trial = ReadSweep['study']['trials'][number];

export class Sweeps {
  private readonly folder: string;
  /** Journals that were begun to be read, by the folders of their sweeps. */
  private readonly followed = new Map<string, Awaited<ReturnType<typeof followSweep>>>();

  /** @param folder that the sweeps' folders are in; it need not exist. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** The latest first. */
  async list(): Promise<readonly SweepEntry[]> {
    const folders = await this.folders();
    for (const known of this.followed.keys()) if (!folders.includes(known)) this.followed.delete(known);
    const entries: SweepEntry[] = [];
    for (const folder of folders) {
      entries.push(
        await this.read(folder).then(
          (sweep) => entryOf(folder, sweep),
          (error: Error) => brokenEntry(folder, error.message),
        ),
      );
    }
    return entries.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** @throws Problem 404 for an id that no sweep has. */
  async details(id: string): Promise<SweepDetails> {
    const folder = (await this.folders()).find((one) => idOf(one) === id);
    if (folder === undefined) throw new Problem(404, 'There is no such sweep.');
    const sweep = await this.read(folder);
    const { plan, study } = sweep;
    const ranked = rankedTrials(plan, study);
    const running = ranked.filter(({ state }) => stateOf(state) === 'running');
    const others = ranked.filter(({ state }) => stateOf(state) !== 'running');
    const names = shortNames(plan.space.map(({ path }) => path));
    return {
      ...entryOf(folder, sweep),
      settings: plan.space.map(({ path }) => ({ name: names.get(path)!, path })),
      shown: [...running, ...others].slice(0, SHOWN).map((trial) => trialOf(sweep, trial)),
      points: study.trials.flatMap(({ state, number, values }) =>
        state === 'complete' && values !== null ? [[number, values[0]!] as const] : [],
      ),
    };
  }

  private async folders(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.map((name) => join(this.folder, name)).filter(isSweep);
  }

  private async read(folder: string): Promise<ReadSweep> {
    const followed = this.followed.get(folder) ?? (await followSweep(folder));
    this.followed.set(folder, followed);
    try {
      return await followed.read();
    } catch (error) {
      // A journal that was damaged, or replaced, is read from its beginning the next time.
      this.followed.delete(folder);
      throw error;
    }
  }
}

function entryOf(folder: string, sweep: ReadSweep): SweepEntry {
  const { plan, study, status } = sweep;
  const counts: Record<TrialState, number> = { running: 0, complete: 0, pruned: 0, failed: 0 };
  for (const { state } of study.trials) counts[stateOf(state)]++;
  const [best] = bestTrials(plan, study);
  return {
    ...{ id: idOf(folder), name: plan.name, recipe: plan.recipe.name as string, state: status },
    search: plan.prune === 'none' ? plan.search : `${plan.search}, pruned by ${plan.prune}`,
    objectives: plan.objectives.map((key) => objectiveOf(key)),
    trials: plan.trials,
    counts,
    best: best === undefined ? null : trialOf(sweep, best),
    createdAt: plan.createdAt,
    broken: null,
  };
}

const brokenEntry = (folder: string, problem: string): SweepEntry => ({
  ...{ id: idOf(folder), name: basename(folder), recipe: '', state: 'stopped', search: '', objectives: [] },
  ...{ trials: 0, counts: { running: 0, complete: 0, pruned: 0, failed: 0 }, best: null, createdAt: '' },
  broken: problem,
});

/** A trial that waits, as Optuna's clients may leave one, has not ended. */
const stateOf = (state: Trial['state']): TrialState => (state === 'waiting' ? 'running' : state);

function trialOf({ plan }: ReadSweep, trial: Trial): SweepTrial {
  const { number, state, values, point, intermediate, user } = trial;
  return {
    ...{ number, state: stateOf(state), values },
    settings: plan.space.map((setting) => {
      const internal = point[setting.path];
      return internal === undefined ? '' : valueText(valueAt(setting, internal));
    }),
    losses: [...intermediate].sort(([a], [b]) => a - b).map(([, loss]) => loss),
    error: typeof user.error === 'string' ? user.error : null,
  };
}
