/** Run folders and systems that are not as they should be: each ends at once, in one line that names a way out. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listRuns, loadModel, train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/codecs/safetensors.ts';
import { run as program, start, TINY, temporaryFolder, writeData, writeRecipe } from '../support/program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/hourglass.js', import.meta.url));
/** As a program without the tests' own resolver imports it. */
const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const onLinux = test.skipIf(process.platform !== 'linux');

let folder: string;
let run: string;
let dataDir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'));
  await writeRecipe(join(folder, 'tiny.json'));
  const out = join(folder, 'runs', 'whole');
  run = (await train(TINY, { data: 'mnist', dataDir, out, threads: 1, epochs: 1, tensorboard: 'none' }))
    .folder;
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the run, in a folder of its own. */
async function copyOf(name: string): Promise<string> {
  const copy = join(folder, name);
  await cp(run, copy, { recursive: true });
  return copy;
}

/** Runs a line of bash with the program as `$HOURGLASS`. */
function bash(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', line], {
    cwd: folder,
    env: { ...process.env, HOURGLASS_OFFLINE: '1', NODE: process.execPath, HOURGLASS: PROGRAM },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('a file of a run that is a pipe or leads to an endless device', () => {
  onLinux.each([
    ['run.json', ['evaluate']],
    ['results.json', ['report']],
    ['model/encoder.onnx', ['encode', 'data/t10k-images-idx3-ubyte']],
    ['model/weights.safetensors', ['encode', 'data/t10k-images-idx3-ubyte']],
    ['model/statistics.json', ['sample', '--count', '2', '--out', 'none.npy']],
  ])('%s is refused, not waited for', async (file, [command, ...more]) => {
    const copy = await copyOf(`odd-${file.replaceAll('/', '-')}`);
    for (const kind of ['a named pipe', 'a device']) {
      await rm(join(copy, file), { force: true });
      if (kind === 'a device') await symlink('/dev/zero', join(copy, file));
      else execFileSync('mkfifo', [join(copy, file)]);
      const { code, stderr } = await program(folder, [command!, copy, ...more]);
      expect([code, stderr]).toEqual([4, expect.stringContaining(`${file}: must be a file, got ${kind}`)]);
    }
  });

  onLinux('shows as damaged in the list, beside the others', async () => {
    const root = join(folder, 'listed');
    await cp(run, join(root, 'good'), { recursive: true });
    await cp(run, join(root, 'bad'), { recursive: true });
    await rm(join(root, 'bad', 'run.json'));
    execFileSync('mkfifo', [join(root, 'bad', 'run.json')]);
    const { code, stdout } = await program(folder, ['runs', '--dir', root, '--json']);
    expect(code).toBe(0);
    const listed = JSON.parse(stdout) as { name: string; status: string }[];
    expect(listed.map(({ name, status }) => [name, status])).toEqual([
      ['good', 'finished'],
      ['bad', 'damaged'],
    ]);
  });

  onLinux('a recipe is no exception', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    const { code, stderr } = await program(folder, ['train', 'pipe.json']);
    expect([code, stderr]).toEqual([2, 'hourglass: pipe.json: must be a file, got a named pipe\n']);
  });
});

describe('what was changed by hand', () => {
  test('weights with an edited header are refused; those of an older hourglass have no checksum', async () => {
    const copy = await copyOf('edited');
    const file = join(copy, 'model', 'weights.safetensors');
    const bytes = await readFile(file);
    const text = bytes.toString('latin1');
    await writeFile(file, text.replace('tiny', 'tidy'), 'latin1');
    await expect(loadModel(copy)).rejects.toThrow(
      'weights.safetensors: is damaged: its checksum is not that of its bytes; put back a copy',
    );
    // The digest goes too: it can no longer be told what was changed.
    await writeFile(file, text.replace('"sha256"', '"sha25x"'), 'latin1');
    await expect(loadModel(copy)).rejects.toThrow('is damaged: its checksum');
    const { tensors } = decodeSafetensors(bytes, file);
    await writeFile(file, encodeSafetensors(tensors));
    await (await loadModel(copy)).dispose();
  });

  test('a run.json without a loss is damaged', async () => {
    const copy = await copyOf('lossless');
    const manifest = JSON.parse(await readFile(join(copy, 'run.json'), 'utf8'));
    await writeFile(join(copy, 'run.json'), JSON.stringify({ ...manifest, losses: [] }));
    for (const command of ['evaluate', 'pictures', 'report']) {
      const { code, stderr } = await program(folder, [command, copy]);
      expect([code, stderr]).toEqual([4, expect.stringContaining('run.json: is damaged: losses: ')]);
    }
  });

  test.each([
    ['training.optimiser.learningRate=1e-320', 'learningRate: must be at least 1e-12'],
    ['training.optimiser.learningRate=1e300', 'learningRate: must be at most 1000000'],
    ['training.optimiser.epsilon=1e-320', 'epsilon: must be at least 1e-30'],
    ['training.clipNorm=1e-320', 'clipNorm: must be at least 1e-12'],
  ])('%s is refused at once', async (setting, rule) => {
    const { code, stderr } = await program(folder, ['train', 'tiny.json', '--set', setting]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(rule)]);
  });

  test('thousands of layers are refused at once', async () => {
    const encoder = Array.from({ length: 5000 }, () => ({ type: 'dense', units: 4 }));
    await writeRecipe(join(folder, 'deep.json'), { ...TINY, model: { ...TINY.model, encoder } });
    const { code, stderr } = await program(folder, ['train', 'deep.json']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/model\.encoder: must .* 256/)]);
  });
});

describe('a run folder that goes or never was whole', () => {
  test('one that is deleted while it trains ends the training, and nothing is written in its place', async () => {
    const out = join(folder, 'doomed');
    const args = ['train', 'tiny.json', '--data-dir', 'data', '--epochs', '90000', '--threads', '1'];
    const training = start(folder, [...args, '--out', out]);
    await training.says('/90000  training');
    await rm(out, { recursive: true, maxRetries: 20, retryDelay: 50 });
    // As a second run of this name would.
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'mine.txt'), 'mine');
    const { code, stderr } = await training.ended;
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(
        // The second where it is deleted in the very moment of a write.
        /doomed: was removed, moved or taken over while this process wrote it|doomed.*: cannot be written/,
      ),
    ]);
    expect(await readFile(join(out, 'mine.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(out, 'run.json'))).toBe(false);
  });

  test('one that was killed before its run.json is named, not resumed, and can be deleted', async () => {
    const root = join(folder, 'unbegun');
    const dead = join(root, 'dead');
    await mkdir(join(dead, 'checkpoints'), { recursive: true });
    await mkdir(join(root, 'something else'), { recursive: true });
    const [listed, ...others] = await listRuns(root);
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ name: 'dead', status: 'damaged' });
    const rule = 'is a run that was ended before its training began';
    expect(listed!.problem).toContain(rule);
    expect((await program(folder, ['runs', '--dir', root])).stdout).toContain(rule);
    const resumed = await program(folder, ['train', '--resume', dead]);
    expect([resumed.code, resumed.stderr]).toEqual([
      4,
      expect.stringMatching(/before its training began.*runs delete/),
    ]);
    expect(await program(folder, ['runs', 'delete', dead, '--yes'])).toMatchObject({ code: 0 });
    expect(await listRuns(root)).toEqual([]);
  });

  onLinux('one that cannot be written and has no statistics.json is measured, and works', async () => {
    const copy = await copyOf('read-only');
    await rm(join(copy, 'model', 'statistics.json'));
    // No file may grow beyond 0 bytes: for root, too, as a read-only file system.
    const line = `ulimit -f 0; "$NODE" "$HOURGLASS" anomaly ${copy} data/t10k-images-idx3-ubyte --data-dir data | cat`;
    const { stdout, stderr } = await bash(line);
    expect(stdout.split('\n').length).toBeGreaterThan(20);
    expect(stderr).toContain('the statistics are used but not kept: ');
    expect(stderr).toContain('exceeds the largest file size');
  });
});

describe('standard input that never comes', () => {
  test.each([
    ['encode', ['-']],
    ['decode', ['-', '--out', 'never.npy']],
  ])('%s ends at the first signal', async (command, more) => {
    const child = spawn(process.execPath, [PROGRAM, command, run, ...more], { cwd: folder });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    // Whether it still starts or waits already, one signal is enough: at first Node's own handling ends it.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    child.kill('SIGINT');
    const code = await ended;
    expect(code === 130 || code === null).toBe(true);
    if (code === 130) expect(stderr).toContain('stopped: after 0 ');
  });
});

describe('a system that does not give what is needed', () => {
  const TRAIN = '"$NODE" "$HOURGLASS" train tiny.json --data-dir data --epochs 1 --out';

  onLinux('too few open files are said to be the cause', async () => {
    const { code, stderr } = await bash(`ulimit -n 64; ${TRAIN} few-files`);
    expect(stderr).not.toContain('this is a bug');
    if (code !== 0) expect(stderr).toContain('ulimit -n');
  });

  onLinux('in the library, too few open files are an expected error, and a later call works', async () => {
    await writeFile(
      join(folder, 'few.mjs'),
      `import { closeSync, openSync } from 'node:fs';
      const { HourglassError, evaluateRun, loadModel } = await import(process.env.LIBRARY);
      const [run, dataDir] = process.argv.slice(2);
      await (await loadModel(run)).dispose();
      const open = [];
      try {
        for (;;) open.push(openSync('/dev/null'));
      } catch {}
      for (const work of [() => loadModel(run), () => evaluateRun(run, { dataDir })]) {
        const error = await work().catch((error) => error);
        console.log(error instanceof HourglassError, error.message.includes('ulimit -n'));
      }
      for (const file of open) closeSync(file);
      console.log((await evaluateRun(run, { dataDir })).split);`,
    );
    const { stdout, stderr } = await bash(`ulimit -n 256; LIBRARY=${LIBRARY} "$NODE" few.mjs ${run} data`);
    expect([stdout, stderr]).toEqual(['true true\ntrue true\ntest\n', '']);
  });

  onLinux(
    'too little virtual memory ends a command in one line, and nothing that was there is lost',
    async (context) => {
      const limit = 'ulimit -v 8000000';
      if ((await bash(`${limit} && "$NODE" --version`)).code !== 0) {
        context.skip('Node does not start under this limit on memory');
      }
      const before = await readFile(join(run, 'results.json'));
      for (const command of [`${TRAIN} starved`, `"$NODE" "$HOURGLASS" evaluate ${run} --data-dir data`]) {
        const { code, stderr } = await bash(`${limit}; ${command}`);
        const lines = stderr.trimEnd().split('\n');
        expect([code, lines.at(-1)]).toEqual([
          6,
          expect.stringMatching(/^hourglass: memory: is not enough .*ulimit -v/),
        ]);
        expect(stderr).not.toMatch(/bug|\n\s+at /);
      }
      expect(await readFile(join(run, 'results.json'))).toEqual(before);
    },
  );

  onLinux('a service without files for more connections goes on with those that it has', async () => {
    const line = `ulimit -n 250; exec "$NODE" "$HOURGLASS" serve t=${run} --port 0`;
    const child = spawn('bash', ['-c', line], {
      env: { ...process.env, NODE: process.execPath, HOURGLASS: PROGRAM },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const found = /http:\S+/.exec(text);
        if (found !== null) resolve(found[0]);
      });
      void ended.then(() => reject(new Error(stderr)));
    });
    const sockets = Array.from({ length: 400 }, () =>
      connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await fetch(`${url}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect([await ended, stderr]).toEqual([0, expect.not.stringMatching(/\n\s+at /)]);
  });

  test("Node's permission model without threads", async () => {
    const flag = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const line = `"$NODE" ${flag} --allow-fs-read=* --allow-fs-write=* "$HOURGLASS" train tiny.json --data-dir data`;
    const { code, stderr } = await bash(line);
    expect([code, stderr]).toEqual([6, expect.stringContaining('start Node with --allow-worker')]);
  });
});
