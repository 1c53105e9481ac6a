/**
 * What a trial costs beyond its training, and how much faster two workers are than one: the same equal trials in one running
 * process, by a sweep of this machine, and by one worker and by two over Redis. Wall time counts on a quiet machine alone;
 * processor time of all programs is told next to it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedis } from '../../test/support/queue-servers.ts';

const PROGRAM = fileURLToPath(new URL('../../../../bin/hourglass.js', import.meta.url));
const LIBRARY = new URL('../../../../lib/index.js', import.meta.url).href;

const TRAINING = ['quick', '--data', 'mnist-10k', '--epochs', '2'];

interface Cost {
  /** Seconds from the start of the asker to its end. */
  wall: number;
  /** Seconds from the first trial's start to the last one's end. */
  trials: number;
  /** Seconds of processor time, of all programs. */
  processor: number;
}

interface Program {
  readonly ended: Promise<{ processor: number; output: string }>;
  says(text: string): Promise<void>;
  interrupt(): void;
}

/** A program under a shell that tells what it and its own programs have used. */
function program(cwd: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const child = spawn('sh', ['-c', 'trap : INT; "$@"; times >&2', 'sh', process.execPath, ...args], {
    cwd,
    env: { ...process.env, HOURGLASS_OFFLINE: '1', ...env },
    detached: true,
  });
  let [output, errors] = ['', ''];
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<{ processor: number; output: string }>((resolve, reject) => {
    child.on('close', () => {
      const used = errors.trim().split('\n').at(-1)!.split(' ').map(secondsIn);
      if (used.length === 2 && used.every(Number.isFinite))
        resolve({ processor: used[0]! + used[1]!, output });
      else reject(new Error(`${args.join(' ')}: ${errors}`));
    });
  });
  return {
    ended,
    says: (text) =>
      new Promise((resolve) => {
        look = () => {
          if (output.includes(text)) resolve();
        };
        look();
      }),
    interrupt: () => void process.kill(-child.pid!, 'SIGINT'),
  };
}

/** Minutes and seconds as a shell writes them. */
function secondsIn(text: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** The same trainings, one after the other, in one process that does nothing else. */
async function inOneProcess(place: string, trials: number): Promise<Cost> {
  const script = `
    const { train } = await import(${JSON.stringify(LIBRARY)});
    const began = performance.now();
    for (let i = 0; i < ${trials}; i++)
      await train('quick', { data: 'mnist-10k', epochs: 2, threads: 1, pictures: false, tensorboard: 'none', out: 'one/' + i });
    console.log((performance.now() - began) / 1000);`;
  const { processor, output } = await program(place, ['--input-type=module', '-e', script]).ended;
  return { wall: Number(output), trials: Number(output), processor };
}

async function bySweep(place: string, trials: number, args: readonly string[], url = ''): Promise<Cost> {
  const out = `sweep-${Math.round(performance.now())}`;
  const vary = ['--set', 'training.optimiser.learningRate=log:1e-4..1e-2', '--search', 'random'];
  const all = [PROGRAM, 'sweep', ...TRAINING, ...vary, '--trials', String(trials), '--threads', '1'];
  const began = performance.now();
  const { processor, output } = await program(place, [...all, '--out', out, ...args], {
    HOURGLASS_QUEUE: url,
  }).ended;
  const wall = (performance.now() - began) / 1000;
  const lines = readFileSync(join(place, out, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const times = (key: string) =>
    lines.flatMap((line) => {
      const time = (JSON.parse(line) as Record<string, string | undefined>)[key];
      return time === undefined ? [] : [Date.parse(time)];
    });
  const ends = times('datetime_complete');
  if (ends.length !== trials) throw new Error(output);
  const first = Math.min(...times('datetime_start'));
  return { wall, trials: (Math.max(...ends) - first) / 1000, processor };
}

async function byWorkers(place: string, trials: number, workers: number): Promise<Cost> {
  const server = await startRedis();
  try {
    const started = Array.from({ length: workers }, (_, i) =>
      program(place, [PROGRAM, 'worker', '--name', `w${workers}-${i}`], { HOURGLASS_QUEUE: server.url }),
    );
    await Promise.all(started.map((one) => one.says('at a time from')));
    const asked = await bySweep(place, trials, ['--queue'], server.url);
    for (const one of started) one.interrupt();
    const ended = await Promise.all(started.map((one) => one.ended));
    return { ...asked, processor: asked.processor + ended.reduce((sum, one) => sum + one.processor, 0) };
  } finally {
    await server.close();
  }
}

/** Measures in turn, so that whatever else the machine does is in all of them. */
export async function measureWorkers(
  trials: number,
  repeats: number,
  say: (line: string) => void,
): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'hourglass-bench-workers-'));
  const ways = {
    'in one process': () => inOneProcess(place, trials),
    'by a sweep, one at a time': () => bySweep(place, trials, ['--parallel', '1']),
    'by one worker': () => byWorkers(place, trials, 1),
    'by two workers': () => byWorkers(place, trials, 2),
  };
  const all: Record<string, Cost[]> = {};
  for (let i = 0; i < repeats; i++) {
    for (const [name, measure] of Object.entries(ways)) {
      const cost = await measure();
      (all[name] ??= []).push(cost);
      const { wall, trials: during, processor } = cost;
      say(
        `${name}: ${wall.toFixed(1)} s, ${during.toFixed(1)} s from the first trial's start to the last one's end, ${processor.toFixed(1)} s of processor time; load ${loadavg()[0]!.toFixed(1)}`,
      );
    }
  }
  const best = (name: keyof typeof ways, of: keyof Cost) => Math.min(...all[name]!.map((cost) => cost[of]));
  const beyond = (name: keyof typeof ways, of: keyof Cost) =>
    ((best(name, of) - best('in one process', of)) / trials).toFixed(2);
  say(`\n${trials} trials of quick, 2 epochs, one thread each; the least of ${repeats}`);
  for (const name of ['by a sweep, one at a time', 'by one worker'] as const)
    say(
      `a trial ${name}, beyond its training: ${beyond(name, 'trials')} s, ${beyond(name, 'processor')} s of processor time`,
    );
  say(
    `two workers against one: ${(best('by one worker', 'trials') / best('by two workers', 'trials')).toFixed(2)} times as fast`,
  );
  say(
    `with the start of the asker and the best one's pictures: ${(best('by one worker', 'wall') / best('by two workers', 'wall')).toFixed(2)} times`,
  );
  rmSync(place, { recursive: true, force: true });
}
