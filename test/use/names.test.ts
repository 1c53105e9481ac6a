/** Names that would move the cursor or break a line, through the program; and what it does with names that look like syntax. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePng } from '../../src/codecs/png.ts';
import { run as program, SIDE, start, TINY, temporaryFolder, writeData } from '../support/program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/hourglass.js', import.meta.url));

/** Clears the screen, sets the window's title, turns the direction of text, ends the line. */
const EVIL = '\u001b[2J\u001b]0;title\u0007\u202eevil\nline\r';
const onPosix = test.skipIf(process.platform === 'win32');

let folder: string;
let dataDir: string;
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(at('data'));
  const options = { data: 'mnist', dataDir, threads: 1, epochs: 1, tensorboard: 'none' } as const;
  await train(TINY, { ...options, out: at('runs', 'whole') });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copyOf(name: string, change = (manifest: string) => manifest): Promise<string> {
  await cp(at('runs', 'whole'), at('runs', name), { recursive: true });
  const file = at('runs', name, 'run.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
  return at('runs', name);
}

async function writePicture(...names: string[]): Promise<void> {
  await mkdir(at(...names, '..'), { recursive: true });
  const data = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i * 7) % 256);
  await writeFile(at(...names), encodePng({ width: SIDE, height: SIDE, channels: 1, data }));
}

/** Runs the program. Whatever it prints has no character that a terminal would obey, and no line that begins in a name. */
async function harmless(...args: string[]): Promise<{ code: number | null; text: string }> {
  const { code, stdout, stderr } = await program(folder, args);
  const text = stdout + stderr;
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u);
  expect(text.split('\n').filter((line) => line.startsWith('line'))).toEqual([]);
  return { code, text };
}

describe('names with escapes and line breaks', () => {
  onPosix(
    'of runs are harmless in runs, runs tag, report, pictures, compare and errors',
    async () => {
      const run = await copyOf(EVIL);
      for (const args of [
        ['runs'],
        ['runs', '--json'],
        ['runs', 'tag', run, 'fine'],
        ['report', run],
        ['report', run, '--json'],
        ['evaluate', run, '--data-dir', dataDir],
        ['compare', run, 'whole', '--data-dir', dataDir, '--out', `out ${EVIL}`],
        ['pictures', run, '--data-dir', dataDir],
        ['export', run, '--out', `model ${EVIL}`],
      ]) {
        const { code, text } = await harmless(...args);
        expect([args[0], code, text.length > 0], text).toEqual([args[0], 0, true]);
      }
      for (const args of [
        ['report', EVIL + EVIL],
        ['runs', 'tag', 'whole', EVIL],
        ['train', EVIL],
        ['encode', 'whole', EVIL],
      ]) {
        const { code, text } = await harmless(...args);
        expect(code, text).toBeGreaterThan(0);
      }
      await rm(run, { recursive: true });
    },
    180_000,
  );

  onPosix(
    'of picture files are harmless in notes and tables',
    async () => {
      await writePicture('evil', `${EVIL}.png`);
      await writeFile(at('evil', `broken ${EVIL}.png`), 'no picture');
      await writeFile(at('evil', `other ${EVIL}.xyz`), 'nothing');
      const skipped = await harmless('encode', 'whole', 'evil', '--on-bad', 'skip', '--out', 'evil.csv');
      expect([skipped.code, skipped.text]).toEqual([0, expect.stringContaining('broken')]);
      expect((await harmless('encode', 'whole', 'evil')).code).toBe(3);
      await rm(at('evil', `broken ${EVIL}.png`));
      const { code, text } = await harmless('encode', 'whole', 'evil', '--format', 'jsonl');
      expect(code).toBe(0);
      // JSON and CSV are data: the name that is read from them is the file's own.
      const row = text.split('\n').find((line) => line.startsWith('{'));
      expect(JSON.parse(row!).name).toBe(`evil/${EVIL}.png`);
      expect(await readFile(at('evil.csv'), 'utf8')).toContain(`"evil/${EVIL}.png"`);
      expect((await harmless('anomaly', 'whole', 'evil', '--out', 'scores.csv')).code).toBe(0);
    },
    120_000,
  );
});

test('names that begin a formula get an apostrophe in CSV, and none with --raw-csv', async () => {
  for (const name of ['=1+1', '@sum', '-2', '+3', 'plain']) await writePicture('formulas', `${name}.png`);
  const encoded = async (...more: string[]) => {
    const { code, stdout, stderr } = await program(folder, [
      'encode',
      'whole',
      'formulas',
      '--format',
      'csv',
      ...more,
    ]);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    return stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]!.replaceAll('"', ''))
      .sort();
  };
  const raw = await encoded('--raw-csv');
  expect(raw.map((name) => name.split('/').at(-1))).toEqual([
    '+3.png',
    '-2.png',
    '=1+1.png',
    '@sum.png',
    'plain.png',
  ]);
  const plain = (await encoded()).filter((name) => name.endsWith('plain.png'));
  expect(plain).toEqual(raw.filter((name) => name.endsWith('plain.png')));
  expect((await encoded()).filter((name) => /^[=+@-]/.test(name))).toEqual([]);
}, 60_000);

test('export --checkpoint of a failed run does not say to wait', async () => {
  const run = await copyOf('failed', (text) => text.replace('"status": "finished"', '"status": "failed"'));
  await rm(join(run, 'checkpoints'), { recursive: true, force: true });
  const { code, stderr } = await program(folder, ['export', 'failed', '--checkpoint', '--out', 'exported']);
  expect([code, stderr]).toEqual([4, expect.stringContaining('has no checkpoint: the run is failed')]);
  expect(stderr).not.toMatch(/wait|until|later|finish/);
  expect(existsSync(at('exported'))).toBe(false);
}, 60_000);

describe('serve', () => {
  /** A port that was free a moment ago. */
  const freePort = () =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });

  async function answers(url: string): Promise<Response> {
    const deadline = Date.now() + 90_000;
    for (;;) {
      try {
        return await fetch(url);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  test('takes lr=0.1 for the run of that name, and name=run for a name', async () => {
    await copyOf('lr=0.1');
    const port = await freePort();
    const started = start(folder, ['serve', 'lr=0.1', 'short=whole', '--port', String(port)]);
    try {
      const text = await (await answers(`http://127.0.0.1:${port}/v1/models`)).text();
      expect(text).toContain('"lr-0.1"');
      expect(text).toContain('"short"');
    } finally {
      started.process.kill('SIGTERM');
      await started.ended;
    }
  }, 120_000);

  test.skipIf(!existsSync('/dev/full'))(
    'goes on when its log cannot be written',
    async () => {
      const port = await freePort();
      const full = openSync('/dev/full', 'w');
      const args = [PROGRAM, 'serve', 'whole', '--port', String(port)];
      const service = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', full, full] });
      const ended = new Promise((resolve) => service.on('close', (code) => resolve(code)));
      closeSync(full);
      try {
        const base = `http://127.0.0.1:${port}`;
        expect((await answers(`${base}/health`)).status).toBe(200);
        expect(
          (await fetch(`${base}/v1/models/whole/encode`, { method: 'POST', body: 'x' })).status,
        ).toBeGreaterThan(399);
        expect((await fetch(`${base}/health`)).status).toBe(200);
        expect(service.exitCode).toBe(null);
      } finally {
        service.kill('SIGTERM');
      }
      expect(await ended).toBe(0);
    },
    120_000,
  );
});
