/**
 * What a user waits for and needs: the time from the command to the first training step, which the command
 * prints when it ends, and the memory of training on all of MNIST.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Spread, spread } from './statistics.ts';

export interface StartUp {
  /** Milliseconds from the command to the end of the first step. */
  firstStep: Spread | null;
  note: string | null;
}

export interface Memory {
  /** The most the whole process had resident, MiB. */
  peakMiB: number | null;
  note: string | null;
}

const COMMAND = fileURLToPath(new URL('../../../bin/hourglass.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

export async function measureStartUp(times: number): Promise<StartUp> {
  if (!existsSync(DIST))
    return { firstStep: null, note: 'not measured: no command line built (npm run build)' };
  const waits: number[] = [];
  for (let i = 0; i < times; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
    const child = train(['--data', 'mnist-10k', '--epochs', '1', '--out', join(folder, 'run')]);
    let printed = '';
    child.stdout!.on('data', (text) => {
      printed += text;
    });
    await new Promise((done) => child.on('close', done));
    rmSync(folder, { recursive: true, force: true });
    const seconds = /first step after ([\d.]+) s/.exec(printed)?.[1];
    if (seconds === undefined) {
      return { firstStep: null, note: "not measured: the command printed no 'first step after … s'" };
    }
    waits.push(1000 * Number(seconds));
  }
  return { firstStep: spread(waits), note: null };
}

/** Resident memory of `train` on the IDX files in HOURGLASS_DATA, through two epochs. */
export async function measureMemory(): Promise<Memory> {
  if (!existsSync(DIST))
    return { peakMiB: null, note: 'not measured: no command line built (npm run build)' };
  if (!process.env.HOURGLASS_DATA) {
    return { peakMiB: null, note: 'not measured: HOURGLASS_DATA names no folder with all of MNIST' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  const child = train(['--data', 'mnist', '--epochs', '2', '--out', join(folder, 'run')]);
  child.stdout!.resume();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, treePeakKiB(child.pid!));
  }, 100);
  const code = await new Promise<number | null>((done) => child.on('exit', done));
  clearInterval(watch);
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) return { peakMiB: null, note: `not measured: train exited with ${code}` };
  if (peak === 0) return { peakMiB: null, note: 'not measured: this system has no /proc' };
  return { peakMiB: peak / 1024, note: null };
}

function train(options: string[]) {
  return spawn(process.execPath, [COMMAND, 'train', 'stacked', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The peaks of a process and its children, summed: too much, if anything. */
function treePeakKiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const own = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return children
      .split(' ')
      .filter((child) => child !== '')
      .reduce((sum, child) => sum + treePeakKiB(Number(child)), own);
  } catch {
    return 0;
  }
}
