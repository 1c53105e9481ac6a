/** Sweeps by the program: trials, their runs, the journal, stopping, crashes, and seeds. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweep as beginAndCarryOut, readSweep, resumeSweep } from 'hourglass';
import { beforeAll, describe, expect, test } from 'vitest';
import { run, start, TINY, temporaryFolder, weightsOf, writeData, writeRecipe } from '../support/program.ts';
import { lacking, PYTHON } from '../support/python.ts';

let place: string;
const DATA = ['--data-dir', 'data', '--epochs', '2'];

beforeAll(async () => {
  place = await temporaryFolder();
  await writeData(join(place, 'data'));
  await writeRecipe(join(place, 'tiny.json'));
});

const sweep = (...args: string[]) => run(place, ['sweep', ...args]);
const journal = async (folder: string) =>
  (await readFile(join(place, folder, 'journal.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a sweep', () => {
  test('trains every combination, each as an ordinary run, and names the best', async () => {
    const args = ['tiny.json', ...DATA, '--set', 'model.code.units=1,4', '--set', 'training.batchSize=8'];
    const ended = await sweep(...args, '--out', 'grid', '--json');
    expect(ended.stderr).toContain('2 trials by grid');
    expect(ended.code).toBe(0);
    const result = JSON.parse(ended.stdout) as {
      best: { number: number; values: number[]; run: string }[];
      trials: { state: string; values: number[] }[];
    };
    expect(result.trials.map(({ state }) => state)).toEqual(Array(2).fill('complete'));
    const values = result.trials.map((trial) => trial.values[0]!);
    expect(result.best[0]!.values[0]).toBe(Math.min(...values));
    // The objective is the validation loss of the kept epoch, which the run records.
    const folder = join(place, 'grid', result.best[0]!.run);
    const rows = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(rows.at(-1)!).validation.loss).toBe(result.best[0]!.values[0]);
    // The same training by hand gives the same bits.
    const [config] = [JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')).config];
    const set = [
      '--set',
      `model.code.units=${config.model.code.units}`,
      '--set',
      `training.batchSize=${config.training.batchSize}`,
    ];
    const again = await run(place, [
      'train',
      'tiny.json',
      ...DATA,
      ...set,
      '--threads',
      '1',
      '--out',
      'by-hand',
    ]);
    expect(again.code).toBe(0);
    expect(await weightsOf(join(place, 'by-hand'))).toEqual(await weightsOf(folder));
    const listed = await run(place, ['sweeps', '--dir', '.']);
    expect(listed.stdout).toMatch(/grid +finished +tiny +2\/2 +loss/);
  });

  test('refuses a value before anything starts', async () => {
    const ended = await sweep('tiny.json', ...DATA, '--set', 'model.code.units=4,0', '--out', 'wrong');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('model.code.units');
    expect((await run(place, ['sweeps', 'wrong', '--dir', '.'])).code).toBe(4);
  });

  test('over seeds gives mean and deviation of every figure', async () => {
    const ended = await sweep('tiny.json', ...DATA, '--seeds', '2', '--out', 'seeds');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/figure +2 seeds/);
    expect(ended.stdout).toMatch(/MSE per pixel +[\d.]+ ± [\d.e-]+/);
    // A program reads the same from the folder.
    const { status, trials, figures } = await readSweep(join(place, 'seeds'));
    expect([status, trials.map(({ settings }) => settings)]).toEqual([
      'finished',
      [{ seed: 1 }, { seed: 2 }],
    ]);
    const [first, second] = trials.map(({ test }) => test!.mse!);
    expect(figures[0]!.test.mse!.mean).toBeCloseTo((first! + second!) / 2, 12);
    expect(figures[0]!.test.mse!.deviation).toBeCloseTo(Math.abs(first! - second!) / Math.SQRT2, 12);
  });

  test('in a program: begun, stopped before it trains, continued, and trained like by hand', async () => {
    const [folder, stop] = [join(place, 'program'), new AbortController()];
    stop.abort();
    const request = {
      ...{ dataDir: join(place, 'data'), epochs: 2, seeds: 1, out: folder, threads: 1, parallel: 1 },
      signal: stop.signal,
    };
    expect((await beginAndCarryOut(join(place, 'tiny.json'), request)).status).toBe('stopped');
    const { status, trials, best, figures } = await resumeSweep(folder);
    expect([status, trials.length, figures]).toEqual(['finished', 1, []]);
    expect(await weightsOf(best[0]!.run!)).toEqual(
      await weightsOf(join(place, 'seeds', 'trials', 'trial-0000')),
    );
  });

  test('measures other figures on the validation split, and finds a front of several', async () => {
    const args = [
      'tiny.json',
      ...DATA,
      '--set',
      'model.code.units=1,4',
      '--objective',
      'mse',
      '--objective',
      'bce',
    ];
    const ended = await sweep(...args, '--out', 'front');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('trials that no other beats in every figure');
    const complete = (await journal('front')).filter(({ op_code, state }) => op_code === 6 && state === 1);
    expect(complete.map(({ values }) => (values as number[]).length)).toEqual([2, 2]);
  });
});

test('a trial whose process is killed is run again, and a stopped sweep continues: nothing is lost or doubled', async () => {
  const recipe = { ...TINY, training: { ...TINY.training, epochs: 60 } };
  await writeRecipe(join(place, 'long.json'), recipe);
  const args = ['long.json', '--data-dir', 'data', '--set', 'training.optimiser.learningRate=log:1e-3..1e-1'];
  const options = ['--search', 'random', '--trials', '3', '--out', 'killed', '--parallel', '1'];
  const first = start(place, ['sweep', ...args, ...options]);
  await untilTrial('killed', 0);
  const pid = (await pidOf(first.process.pid!))!;
  process.kill(pid, 'SIGKILL');
  await first.says('is run again');
  await untilTrial('killed', 1);
  const stopping = await sweep('--stop', 'killed');
  expect(stopping).toMatchObject({ code: 0, stderr: '' });
  expect(stopping.stdout).toContain(`Asked process ${first.process.pid} to stop`);
  const stopped = await first.ended;
  expect(stopped.code).toBe(130);
  expect(stopped.stdout).toContain('sweep --resume killed');
  const resumed = await sweep('--resume', 'killed');
  expect(resumed.stderr).toBe('');
  expect(resumed.code).toBe(0);
  const operations = await journal('killed');
  expect(operations.filter(({ op_code }) => op_code === 4)).toHaveLength(3);
  const ends = operations.filter(({ op_code, state }) => op_code === 6 && state === 1);
  expect(ends.map(({ trial_id }) => trial_id).sort()).toEqual([0, 1, 2]);
}, 120_000);

/** Waits until the journal has a value of a trial. */
async function untilTrial(folder: string, id: number): Promise<void> {
  for (;;) {
    const known = await journal(folder).catch(() => []);
    if (known.some((one) => one.op_code === 7 && one.trial_id === id)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process of the trial that a sweep trains. */
async function pidOf(parent: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return children.trim().split(' ').map(Number).at(-1);
}

describe('optuna', () => {
  const why = lacking('optuna');
  test.skipIf(why !== undefined)(`reads the journal${why === undefined ? '' : `: skipped, ${why}`}`, () => {
    const script = `
import optuna, json, sys
storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(sys.argv[1]))
study = optuna.load_study(study_name='grid', storage=storage)
print(json.dumps({'trials': len(study.trials), 'best': study.best_value, 'params': list(study.best_params)}))`;
    const { stdout, stderr } = spawnSync(PYTHON!, ['-c', script, join(place, 'grid', 'journal.jsonl')], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual({
      ...{ trials: 2, best: expect.any(Number), params: ['model.code.units'] },
    });
  });
});
