/** What the machine may do to a training: a full disk, a folder that cannot be written, a clock that is set back, company. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listRuns } from 'hourglass';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { random } from '../reference/random.ts';
import { asShell, type Ended, run, start, temporaryFolder } from '../support/program.ts';
import { bitsOf, differences, halfWritten, prepare, TRAIN } from './runs.ts';

let folder: string;
let undisturbed: Map<string, string>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await prepare(folder);
  expect((await run(folder, [...TRAIN, '--out', 'whole'])).code).toBe(0);
  undisturbed = bitsOf(join(folder, 'whole'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One line that says it, and code 4. */
function expectRefusal({ code, stderr }: Ended, words: string | RegExp): void {
  expect(code).toBe(4);
  expect(stderr).toMatch(words);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
}

async function stopped(name: string): Promise<string> {
  const started = start(folder, [...TRAIN, '--epochs', '12', '--out', name]);
  await started.says('epoch  3/12');
  started.process.kill('SIGINT');
  expect((await started.ended).code).toBe(130);
  return join(folder, name);
}

function mountSmall(context: TestContext, where: string, size: string): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', where], { stdio: 'ignore' });
  } catch {
    context.skip('a small file system cannot be mounted here: it takes root and the right to mount');
  }
}
const remount = (where: string, how: string) => execFileSync('mount', ['-o', `remount,${how}`, where]);

test('a disk that fills up at any moment: it says so, nothing is half-written, and with room it goes on', async (context) => {
  const whole = Number(
    execFileSync('du', ['-sk', join(folder, 'whole')])
      .toString()
      .split('\t')[0],
  );
  const draw = random(1);
  const tally = { full: 0, 'large enough': 0 };
  for (let trial = 0; trial < 12; trial++) {
    const mount = join(folder, `disk-${trial}`);
    await mkdir(mount);
    mountSmall(context, mount, `${Math.ceil(16 + draw() * whole)}k`);
    try {
      const path = join(mount, 'run');
      let ended = await run(folder, [...TRAIN, '--out', path]);
      expect(halfWritten(path)).toEqual([]);
      if (ended.code === 0) tally['large enough']++;
      else {
        tally.full++;
        expectRefusal(ended, 'cannot be written: the disk is full');
        remount(mount, 'size=64m');
        const isRun = existsSync(join(path, 'run.json'));
        if (!isRun) await rm(path, { recursive: true, force: true });
        ended = await run(folder, isRun ? ['train', '--resume', path] : [...TRAIN, '--out', path]);
        expect(ended).toMatchObject({ code: 0 });
      }
      expect(differences(path, undisturbed)).toEqual([]);
    } finally {
      execFileSync('umount', [mount]);
    }
  }
  console.log(`disk full: ${JSON.stringify(tally)}, 0 losses`);
  expect(tally.full).toBeGreaterThan(5);
});

test('a read-only file system is refused, and a run on it goes on once it can be written', async (context) => {
  const mount = join(folder, 'readonly');
  await mkdir(mount);
  mountSmall(context, mount, '64m');
  try {
    const path = join(mount, 'run');
    await cp(await stopped('for-readonly'), path, { recursive: true });
    remount(mount, 'ro');
    expectRefusal(
      await run(folder, ['train', '--resume', path]),
      'cannot be written: the file system is read-only',
    );
    expectRefusal(await run(folder, [...TRAIN, '--out', join(mount, 'new')]), 'the file system is read-only');
    expect((await listRuns(mount)).map(({ status }) => status)).toEqual(['stopped']);
    remount(mount, 'rw');
    expect((await run(folder, ['train', '--resume', path])).code).toBe(0);
    expect(differences(path, undisturbed)).toEqual([]);
  } finally {
    execFileSync('umount', [mount]);
  }
});

test('without permission to write it is refused, and the run stays as it was', async (context) => {
  const path = await stopped('forbidden');
  const before = readdirSync(path, { recursive: true }).sort();
  // Root may write anywhere: only somebody else can be refused.
  const user = process.getuid?.() === 0 ? 65534 : undefined;
  chmodSync(folder, 0o755);
  const attempt = (args: string[]) => asUser(user, folder, args);
  if ((await attempt(['--version'])).code !== 0)
    context.skip('the program cannot be started as another user here');
  await chmod(path, 0o555);
  expectRefusal(await attempt(['train', '--resume', path]), 'cannot be written: permission denied');
  expectRefusal(await attempt([...TRAIN, '--out', join(path, 'new')]), 'permission denied');
  expect(readdirSync(path, { recursive: true }).sort()).toEqual(before);
  await chmod(path, 0o755);
  expect((await run(folder, ['train', '--resume', path])).code).toBe(0);
  expect(differences(path, undisturbed)).toEqual([]);
});

function asUser(user: number | undefined, cwd: string, args: string[]): Promise<Ended> {
  if (user === undefined) return run(cwd, args);
  return start(cwd, args, { HOME: cwd }, { uid: user, gid: user }).ended;
}

test('a clock that goes backwards, within a session and between two, changes no bit', async () => {
  const preload = `--import=${pathToFileURL(join(import.meta.dirname, 'clock.mjs'))}`;
  const clock = (milliseconds: number) => ({
    NODE_OPTIONS: preload,
    HOURGLASS_TEST_CLOCK_BACK: String(milliseconds),
  });
  const path = await stopped('clock');
  const resumed = await run(folder, ['train', '--resume', 'clock'], clock(24 * 3600_000));
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(differences(path, undisturbed)).toEqual([]);
  const whole = await run(folder, [...TRAIN, '--out', 'clock-2'], clock(60_000));
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  expect(differences(join(folder, 'clock-2'), undisturbed)).toEqual([]);
  const { startedAt, endedAt } = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
  expect(Date.parse(endedAt)).toBeLessThan(Date.parse(startedAt));
  // TensorBoard reads the files in the order of their names.
  const events = readdirSync(join(path, 'tensorboard')).filter((name) => name.includes('tfevents'));
  expect(events).toHaveLength(2);
  for (const text of [
    resumed.stdout,
    readFileSync(join(path, 'summary.md'), 'utf8'),
    readFileSync(join(path, 'report.html'), 'utf8'),
  ]) {
    expect(text).not.toMatch(/-\d+(\.\d+)? (s|min|h|seconds)\b/);
  }
  expect((await run(folder, ['runs', '--dir', '.'])).stdout).toMatch(/^clock +finished/m);
});

test('eight that train into one folder at once get eight; of eight that resume one run, one does', async () => {
  const args = [...TRAIN, '--out', 'shared/run'];
  const all = await Promise.all(Array.from({ length: 8 }, () => run(folder, args)));
  expect(all.map(({ code }) => code)).toEqual(Array(8).fill(0));
  const folders = await readdir(join(folder, 'shared'));
  expect(folders.sort()).toEqual(['run', ...Array.from({ length: 7 }, (_, i) => `run-${i + 2}`)]);
  for (const name of folders) expect(differences(join(folder, 'shared', name), undisturbed)).toEqual([]);

  const path = await stopped('contested');
  const resumed = await Promise.all(
    Array.from({ length: 8 }, () => run(folder, ['train', '--resume', 'contested'])),
  );
  const winners = resumed.filter(({ code }) => code === 0);
  expect(winners).toHaveLength(1);
  for (const loser of resumed.filter(({ code }) => code !== 0))
    expectRefusal(loser, /is being written by another process|is finished/);
  expect(differences(path, undisturbed)).toEqual([]);
});

test('Ctrl-C once is graceful, twice is immediate; both leave what can be gone on from', async () => {
  const draw = random(3);
  const tally = { graceful: 0, immediate: 0, 'too late': 0 };
  for (let trial = 0; trial < 12; trial++) {
    const name = `interrupted-${trial}`;
    const started = start(folder, [...TRAIN, '--out', name]);
    await started.says('run  ');
    await new Promise((resolve) => setTimeout(resolve, draw() * 400));
    started.process.kill('SIGINT');
    if (trial % 2 === 1) {
      await new Promise((resolve) => setTimeout(resolve, draw() * 5));
      started.process.kill('SIGINT');
    }
    const ended = await started.ended;
    const { code, stderr } = ended;
    const path = join(folder, name);
    expect(halfWritten(path)).toEqual([]);
    if (code === 0) tally['too late']++;
    else {
      expect(asShell(ended)).toBe(130);
      expect(stderr).toContain('Stopping after this step');
      tally[trial % 2 === 0 ? 'graceful' : 'immediate']++;
      expect((await run(folder, ['train', '--resume', name])).code).toBe(0);
    }
    expect(differences(path, undisturbed)).toEqual([]);
  }
  console.log(`Ctrl-C: ${JSON.stringify(tally)}, 0 losses`);
});
