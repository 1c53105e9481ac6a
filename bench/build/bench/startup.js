/**
 * What a user waits for and needs: the time from the command to the first training step, and the memory of
 * training on all of MNIST. Read from the run folder: `timeline.jsonl` has a line for each event, with its
 * wall-clock time as `at`, in milliseconds since 1970.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spread } from "./statistics.js";
const COMMAND = fileURLToPath(new URL('../../../bin/hourglass.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
export async function measureStartUp(times) {
    if (!existsSync(DIST))
        return { firstStep: null, note: 'not measured: no command line built (npm run build)' };
    const waits = [];
    for (let i = 0; i < times; i++) {
        const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
        const out = join(folder, 'run');
        const started = Date.now();
        const child = train(['--data', 'mnist-10k', '--epochs', '1', '--out', out]);
        const at = await firstStepOf(out, child);
        child.kill('SIGKILL');
        await new Promise((done) => child.exitCode === null && child.signalCode === null ? child.on('exit', done) : done(0));
        rmSync(folder, { recursive: true, force: true });
        if (at === null)
            return { firstStep: null, note: "not measured: the run folder's timeline.jsonl has no 'first-step'" };
        waits.push(at - started);
    }
    return { firstStep: spread(waits), note: null };
}
/** Resident memory of `train` on the IDX files in HOURGLASS_DATA, through two epochs. */
export async function measureMemory() {
    if (!existsSync(DIST))
        return { peakMiB: null, note: 'not measured: no command line built (npm run build)' };
    if (!process.env.HOURGLASS_DATA) {
        return { peakMiB: null, note: 'not measured: HOURGLASS_DATA names no folder with all of MNIST' };
    }
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
    const child = train(['--data', 'mnist', '--epochs', '2', '--out', join(folder, 'run')]);
    let peak = 0;
    const watch = setInterval(() => {
        peak = Math.max(peak, treePeakKiB(child.pid));
    }, 100);
    const code = await new Promise((done) => child.on('exit', done));
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
    if (code !== 0)
        return { peakMiB: null, note: `not measured: train exited with ${code}` };
    if (peak === 0)
        return { peakMiB: null, note: 'not measured: this system has no /proc' };
    return { peakMiB: peak / 1024, note: null };
}
function train(options) {
    return spawn(process.execPath, [COMMAND, 'train', 'stacked', ...options], { stdio: 'ignore' });
}
async function firstStepOf(run, child) {
    const file = join(run, 'timeline.jsonl');
    for (let ended = false; !ended;) {
        ended = child.exitCode !== null || child.signalCode !== null;
        if (existsSync(file)) {
            const line = readFileSync(file, 'utf8')
                .split('\n')
                .find((text) => text.includes('"first-step"') && text.endsWith('}'));
            if (line !== undefined)
                return JSON.parse(line).at;
        }
        await new Promise((done) => setTimeout(done, 20));
    }
    return null;
}
/** The peaks of a process and its children, summed: too much, if anything. */
function treePeakKiB(pid) {
    try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
        const own = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
        return children
            .split(' ')
            .filter((child) => child !== '')
            .reduce((sum, child) => sum + treePeakKiB(Number(child)), own);
    }
    catch {
        return 0;
    }
}
