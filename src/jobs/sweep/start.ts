/** Begins a sweep, continues one, and asks the process of one to stop. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { command } from '../../command.ts';
import { HourglassError } from '../../errors.ts';
import { cores } from '../../node/machine.ts';
import { loadRecipe } from '../../node/recipes.ts';
import { createFolder, runName } from '../../store/index.ts';
import { type Plan, planOf, type Value } from '../../sweeps/index.ts';
import { isSweep, SWEEPS_FOLDER, sweepLock, writePlan } from './folder.ts';
import type { SweepOptions } from './options.ts';
import type { CarryOut } from './run.ts';
import { readSpace } from './space-file.ts';

/**
 * Plans a sweep and makes its folder. Every value is checked before.
 * @param source a recipe's name, a recipe file, or a file with a space.
 */
export async function beginSweep(
  source: string,
  options: SweepOptions,
): Promise<{ folder: string; plan: Plan }> {
  const file = readSpace(source);
  const recipe = loadRecipe(file?.recipe ?? source);
  const given = { ...file?.options, ...withoutUndefined(options) };
  const { data, epochs, seed } = given;
  const fixed: Record<string, Value> = {
    ...file?.options.fixed,
    ...options.fixed,
    ...(epochs === undefined ? {} : { 'training.epochs': epochs }),
    ...(seed === undefined ? {} : { seed }),
    ...(data === undefined ? {} : { 'data.set': placeOf(data) }),
  };
  // What is given on the command line replaces what the file says of the same setting.
  const own = new Set([
    ...(options.space ?? []).map(({ path }) => path),
    ...Object.keys(options.fixed ?? {}),
  ]);
  const space = [
    ...(file?.options.space ?? []).filter(({ path }) => !own.has(path)),
    ...(options.space ?? []),
  ];
  for (const { path } of options.space ?? []) if (!(path in (options.fixed ?? {}))) delete fixed[path];
  const now = new Date();
  const wanted = given.out ?? join(SWEEPS_FOLDER, runName(recipe.name, now));
  const request = {
    ...{ name: basename(resolve(wanted)), recipe, fixed, space },
    ...{ search: given.search, prune: given.prune, objectives: given.objectives },
    ...{ trials: given.trials, seed: given.searchSeed, seeds: given.seeds, threads: given.threads ?? 1 },
    dataDir: given.dataDir === undefined ? null : resolve(given.dataDir),
    ...{ offline: given.offline ?? false, now: now.toISOString() },
  };
  const plan = planOf(request);
  const folder = await createFolder(wanted);
  const named = { ...plan, name: basename(folder) };
  await writePlan(folder, named);
  return { folder, plan: named };
}

/** Threads of each training by default: the cores, divided among those at the same time; 1 with a queue, whose workers have others. */
export const threadsOfEach = ({ parallel, queue }: Pick<CarryOut, 'parallel' | 'queue'>): number =>
  queue === undefined ? Math.max(1, Math.floor(cores() / (parallel ?? cores()))) : 1;

/** Asks the process that carries out a sweep to stop. @throws HourglassError (run) if there is none on this machine. */
export async function stopSweep(folder: string): Promise<number> {
  const lock = await sweepLock(folder);
  if (lock.state !== 'held') {
    throw new HourglassError('run', {
      subject: folder,
      rule: 'is not being carried out: there is nothing to stop',
      hint: `continue it: ${command('sweep', '--resume', folder)}`,
    });
  }
  const { owner } = lock;
  if (!lock.isNear) {
    throw new HourglassError('run', {
      subject: folder,
      rule: `is carried out on host '${owner.host}' by process ${owner.pid}`,
      hint: 'stop it there',
    });
  }
  process.kill(owner.pid, 'SIGTERM');
  return owner.pid;
}

/** The folder of a sweep given by its path or its name. */
export function findSweep(given: string, root = SWEEPS_FOLDER): string {
  const found = [given, join(root, given)].find(isSweep);
  if (found !== undefined) return found;
  throw new HourglassError('run', {
    subject: 'sweep',
    rule: 'must be the folder of a sweep, or its name',
    got: given,
    hint: `'${command('sweeps')}' lists the sweeps`,
  });
}

/** A folder is found from any other. */
const placeOf = (data: string): string => (/[\\/.]/.test(data) && existsSync(data) ? resolve(data) : data);

const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
