/** The folder of a sweep: its plan, its journal, its page, and a run for each trial. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HourglassError } from '../../errors.ts';
import { LARGEST_JSON_FILE, readTextIfThere } from '../../read-file.ts';
import { acquire, type Lock, type LockState, lockState, writeWhole } from '../../store/index.ts';
import { type Plan, planSchema } from '../../sweeps/index.ts';

/** Where sweeps go by default. */
export const SWEEPS_FOLDER = 'sweeps';
const PLAN_FILE = 'sweep.json';
const LOCK_FILE = 'sweep.lock';

export const journalOf = (folder: string): string => join(folder, 'journal.jsonl');
export const isSweep = (folder: string): boolean => existsSync(join(folder, PLAN_FILE));

/** The folder of a trial's run, relative to the sweep's. */
export const trialPath = (number: number): string =>
  join('trials', `trial-${String(number).padStart(4, '0')}`);

export const writePlan = (folder: string, plan: Plan): Promise<void> =>
  writeWhole(join(folder, PLAN_FILE), `${JSON.stringify(plan, null, 2)}\n`, { force: false });

/** @throws HourglassError (run) if there is no sweep, or its plan is damaged. */
export async function readPlan(folder: string): Promise<Plan> {
  const file = join(folder, PLAN_FILE);
  const text = await readTextIfThere(file, { most: LARGEST_JSON_FILE });
  if (text === null)
    throw new HourglassError('run', { subject: folder, rule: `is not a sweep: it has no ${PLAN_FILE}` });
  try {
    return planSchema.parse(JSON.parse(text)) as Plan;
  } catch (cause) {
    throw new HourglassError('run', { subject: file, rule: 'is damaged' }, { cause });
  }
}

/** @throws HourglassError (run) if another process carries out the sweep. */
export const lockSweep = (folder: string): Promise<Lock> => acquire(join(folder, LOCK_FILE), folder);

export const sweepLock = (folder: string): Promise<LockState> => lockState(join(folder, LOCK_FILE));
