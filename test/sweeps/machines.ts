/** A place with data and a recipe, the asker and workers of its sweeps as programs, and what came of them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  run,
  type Started,
  start,
  TINY,
  temporaryFolder,
  writeData,
  writeRecipe,
} from '../support/program.ts';

/** Variables of the environment, among the arguments of a program. */
type Env = Readonly<Record<string, string>>;

const argsIn = (all: readonly (string | Env)[]): string[] => all.filter((one) => typeof one === 'string');
const envIn = (all: readonly (string | Env)[]): Env =>
  Object.assign({}, ...all.filter((one) => typeof one !== 'string'));

export interface Machines {
  readonly place: string;
  /** Starts a worker; one of the same name has the same folder. */
  worker(name: string, ...args: (string | Env)[]): Started;
  /** The same on a host that a program runs things on, and that has another address for the queue. */
  workerOn(by: readonly string[], url: string, name: string): Started;
  /** Starts a sweep of random learning rates over the queue. */
  ask(out: string, trials: number, ...args: (string | Env)[]): Started;
  resume(out: string): Started;
  /** The same sweep by processes of this machine. */
  alone(out: string, trials: number): ReturnType<typeof run>;
}

export async function machines(url: string, epochs: number): Promise<Machines> {
  const place = await temporaryFolder();
  await writeData(join(place, 'data'));
  const training = { ...TINY.training, epochs };
  await writeRecipe(join(place, 'recipe.json'), { ...TINY, training });
  // The address with its password is in the environment, as a user would have it.
  const env = { HOURGLASS_QUEUE: url };
  const settings = (trials: number, out: string) => [
    ...['recipe.json', '--data-dir', 'data', '--search', 'random', '--trials', String(trials)],
    ...['--set', 'training.optimiser.learningRate=log:1e-3..1e-1', '--threads', '1', '--out', out],
  ];
  return {
    place,
    worker: (name, ...args) =>
      start(place, ['worker', '--name', name, '--data-dir', 'data', '--lease', '30', ...argsIn(args)], {
        ...env,
        ...envIn(args),
      }),
    workerOn: (by, there, name) =>
      start(
        place,
        ['worker', '--name', name, '--data-dir', 'data', '--lease', '30'],
        { HOURGLASS_QUEUE: there },
        { by },
      ),
    ask: (out, trials, ...args) =>
      start(place, ['sweep', ...settings(trials, out), '--queue', ...argsIn(args)], {
        ...env,
        ...envIn(args),
      }),
    resume: (out) => start(place, ['sweep', '--resume', out, '--queue'], env),
    alone: (out, trials) => run(place, ['sweep', ...settings(trials, out)]),
  };
}

export type Line = Record<string, unknown>;

export async function journalOf(place: string, out: string): Promise<Line[]> {
  const text = await readFile(join(place, out, 'journal.jsonl'), 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Trials that were created, and the number of times that each was completed. */
export function counts(journal: readonly Line[]): { created: number; completed: number[] } {
  const created = journal.filter(({ op_code }) => op_code === 4).length;
  const ends = journal.filter(({ op_code, state }) => op_code === 6 && state === 1);
  return {
    created,
    completed: Array.from({ length: created }, (_, id) => ends.filter((one) => one.trial_id === id).length),
  };
}

/** The best trial's folder, and the values of all, by the journal. */
export async function resultOf(place: string, out: string): Promise<{ best: string; values: number[] }> {
  const journal = await journalOf(place, out);
  const values: number[] = [];
  for (const { op_code, state, trial_id: id, values: found } of journal)
    if (op_code === 6 && state === 1) values[id as number] = (found as number[])[0]!;
  const best = values.indexOf(Math.min(...values));
  return { best: join(place, out, 'trials', `trial-${String(best).padStart(4, '0')}`), values };
}

/** Waits until something is so. */
export async function until(what: () => boolean | Promise<boolean>, pause = 20): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, pause));
}

/** The same sweep by processes of this machine, carried out once, when it is first asked for. */
export function undisturbedSweep(trials: number, epochs: number): () => ReturnType<typeof resultOf> {
  let found: ReturnType<typeof resultOf> | undefined;
  const carryOut = async () => {
    const here = await machines('', epochs);
    const { code, stderr } = await here.alone('alone', trials);
    if (code !== 0) throw new Error(stderr);
    return resultOf(here.place, 'alone');
  };
  return () => {
    found ??= carryOut();
    return found;
  };
}
