import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../command.ts';
import { HourglassError } from '../errors.ts';
import { listRuns, RUNS_FOLDER } from '../store/index.ts';

/** The folder of a run given by its path or by its name in `root`; a misspelt name suggests the right one. */
export async function findRun(given: string, root = RUNS_FOLDER): Promise<string> {
  if (existsSync(given)) return given;
  const inRuns = join(root, given);
  if (existsSync(inRuns)) return inRuns;
  const { nearest } = await import('../api.ts');
  const names = (await listRuns(root)).map(({ name }) => name);
  const name = given.replace(/\/+$/, '').split('/').at(-1) ?? given;
  // A recipe's name stands for its newest run: their names end in the date.
  const newest = names.filter((one) => one.startsWith(`${name}-`)).sort();
  const meant = newest.at(-1) ?? nearest(name, names);
  throw new HourglassError('run', {
    subject: 'run',
    rule: 'must be the folder of a run, or its name',
    got: given,
    hint: meant === undefined ? `'${command('runs')}' lists the runs` : `did you mean ${meant}?`,
  });
}
