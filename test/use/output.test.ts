/** What becomes of output that nobody reads or that cannot be written. The work is never the worse for it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../../src/codecs/npy.ts';
import { PIXELS, TINY, temporaryFolder, writeData, writeRecipe } from '../support/program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/hourglass.js', import.meta.url));
const FULL = '/dev/full';
const COUNT = 20_000;

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'));
  const options = { dataDir, offline: true, threads: 1, tensorboard: 'none' } as const;
  await train(TINY, { ...options, out: join(folder, 'run') });
  await writeRecipe(join(folder, 'tiny.json'));
  // Their codes are more text than a pipe holds.
  await writeFile(
    join(folder, 'many.npy'),
    encodeNpy({ shape: [COUNT, 6, 6], data: new Uint8Array(COUNT * PIXELS) }),
  );
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command line in bash; `hourglass` is the program. The status is that of the program, not of its reader. */
function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const script = `hourglass() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}; exit \${PIPESTATUS[0]}`;
    const env = { ...process.env, HOURGLASS_OFFLINE: '1', HOURGLASS_CACHE: join(folder, 'cache') };
    const child = spawn('bash', ['-c', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** Without the warning that so small a model is of little use. */
const withoutWarnings = (stderr: string) => stderr.replace(/^warning: .*\n/gm, '');

describe.skipIf(process.platform === 'win32')('a reader that leaves', () => {
  for (const format of ['csv', 'jsonl']) {
    test(`ends encode --format ${format} quietly`, async () => {
      const { code, stdout, stderr } = await shell(
        `hourglass encode run many.npy --format ${format} | head -1`,
      );
      expect(stdout.trim().split('\n')).toHaveLength(1);
      expect(withoutWarnings(stderr)).not.toMatch(/EPIPE|error|bug|at .*:\d+/);
      expect(code).toBe(0);
    });
  }

  test('is no matter to any command that prints', async () => {
    for (const line of [
      'runs --json',
      'recipes',
      'recipes --schema',
      'train --help',
      'evaluate run --data-dir data',
    ]) {
      const { code, stderr } = await shell(`hourglass ${line} | true`);
      expect(stderr, line).toBe('');
      expect(code, line).toBe(0);
    }
  });

  test('does not end a training', async () => {
    const { code } = await shell('hourglass train tiny.json --data-dir data --out unread 2>&1 | head -1');
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'unread', 'run.json'), 'utf8')).status).toBe('finished');
  });
});

describe.skipIf(!existsSync(FULL))('a full device', () => {
  test('behind a training takes its log, not its run', async () => {
    const { code, stderr } = await shell(`hourglass train tiny.json --data-dir data --out full >${FULL}`);
    expect(stderr).toMatch(/^hourglass: standard output cannot be written: the disk is full; .*continues\n/);
    expect(code).toBe(0);
    const silent = await shell(`hourglass train tiny.json --data-dir data --out both >${FULL} 2>${FULL}`);
    expect(silent.code).toBe(0);
    for (const run of ['full', 'both']) {
      expect(JSON.parse(await readFile(join(folder, run, 'run.json'), 'utf8')).status).toBe('finished');
    }
  });

  test('behind a result is an error in one line, with its code', async () => {
    for (const line of ['recipes', 'runs --json', 'encode run many.npy --format csv --limit 3']) {
      const { code, stderr } = await shell(`hourglass ${line} >${FULL}`);
      expect(withoutWarnings(stderr), line).toMatch(
        /^hourglass: standard output: cannot be written: the disk is full[^\n]*\n$/,
      );
      expect(code, line).toBe(4);
    }
  });

  test('behind standard error takes messages, not results', async () => {
    const { code } = await shell(`hourglass encode run many.npy --limit 3 --out few.csv 2>${FULL}`);
    expect(code).toBe(0);
    expect((await readFile(join(folder, 'few.csv'), 'utf8')).trim().split('\n')).toHaveLength(4);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
