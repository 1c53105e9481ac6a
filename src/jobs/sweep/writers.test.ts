/** Many writers to one journal: two of ours, and Optuna's, at the same time. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lacking, PYTHON } from '../../../test/support/python.ts';
import {
  createTrial,
  distributionOf,
  parseSpace,
  setIntermediate,
  setParameter,
  setState,
} from '../../sweeps/index.ts';
import { journalOf } from './folder.ts';
import { beginSweep } from './start.ts';
import { now, StudyFile } from './study-file.ts';

const TRIALS = 25;
const PATH = 'model.code.units';
const UNITS = [8, 16, 32];

/** Adds trials of its own to the study, each with a parameter, a curve and a value that belong together. */
const OTHER = `
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(sys.argv[1]))
study = optuna.load_study(study_name=sys.argv[2], storage=storage, sampler=optuna.samplers.RandomSampler(seed=1))
print('ready', flush=True)
sys.stdin.readline()
def objective(trial):
    units = trial.suggest_categorical('${PATH}', [8, 16, 32])
    trial.set_user_attr('whose', 'python')
    trial.report(units / 2, 1)
    return units * 3
study.optimize(objective, n_trials=${TRIALS})
study = optuna.load_study(study_name=sys.argv[2], storage=storage)
sys.stdin.readline()
study = optuna.load_study(study_name=sys.argv[2], storage=storage)
print(sum(t.state.name == 'COMPLETE' and t.value == 3 * t.params['${PATH}'] for t in study.trials), len(study.trials))`;

/** One of ours: trials one after the other, as a sweep writes them. */
async function write(file: StudyFile): Promise<void> {
  for (let n = 0; n < TRIALS; n++) {
    // A choice is written as its place.
    const [choice, units] = [n % 3, UNITS[n % 3]!];
    const { domain } = parseSpace({ [PATH]: UNITS }).space[0]!;
    let id = -1;
    await file.write((study, next) => {
      id = next;
      return [createTrial(study.id, now()), setParameter(id, PATH, choice, distributionOf(domain))];
    });
    await file.write(() => [setIntermediate(id, 1, units / 2)]);
    await file.write(() => [setState(id, 'complete', [3 * units], now())]);
  }
}

async function folderOf(): Promise<Awaited<ReturnType<typeof beginSweep>>> {
  const out = join(await mkdtemp(join(tmpdir(), 'hourglass-writers-')), 'shared');
  const { space } = parseSpace({ [PATH]: UNITS });
  return beginSweep('quick', { space, search: 'random', trials: 1000, out });
}

const why = lacking('optuna');

test.skipIf(why !== undefined)(
  `our writers and Optuna's lose and mix up nothing${why === undefined ? '' : `: skipped, ${why}`}`,
  { timeout: 120_000 },
  async () => {
    const { folder, plan } = await folderOf();
    const ours = [await StudyFile.open(folder, plan), await StudyFile.open(folder, plan)];
    const child = spawn(PYTHON!, ['-c', OTHER, journalOf(folder), plan.name]);
    let [said, wrong] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      wrong += text;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    while (!said.includes('ready') && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.stdin.write('go\n');
    await Promise.all(ours.map(write));
    child.stdin.write('look\n');
    await ended;
    expect(wrong).toBe('');
    expect(said).toBe(`ready\n${3 * TRIALS} ${3 * TRIALS}\n`);

    const study = await StudyFile.read(folder, plan);
    const trials = study!.trials.map(({ state, values, point, intermediate }) => [
      ...[state, values, intermediate.get(1)],
      UNITS[point[PATH] as number],
    ]);
    expect(trials).toHaveLength(3 * TRIALS);
    for (const [state, values, loss, units] of trials)
      expect([state, values, loss]).toEqual(['complete', [3 * (units as number)], (units as number) / 2]);
    // They did write at the same time: whose lines follow each other changes many times.
    const writers = (await readFile(journalOf(folder), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { worker_id: string }).worker_id);
    expect(writers.filter((one, i) => i > 0 && one !== writers[i - 1]).length).toBeGreaterThan(10);
  },
);
