import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Manifest, newManifest, writeManifest as write, writeMetrics } from '../record/index.ts';
import {
  createRunFolder,
  listRuns,
  lockRun,
  readManifest,
  readMetrics,
  runFiles,
  runName,
  trueStatus,
  writeWhole,
} from './index.ts';

const writeManifest = (run: string, manifest: Manifest) => write(runFiles(run), manifest);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const manifest = (change: Partial<Manifest> = {}): Manifest =>
  newManifest({
    name: 'x',
    recipe: 'tiny',
    config: {},
    adaptedFrom: null,
    seed: 1,
    threads: 1,
    device: 'cpu',
    dataset: {
      requested: 'mnist',
      dataDir: null,
      name: 'mnist-10k',
      source: 'test',
      fingerprint: '0',
      heldOut: null,
      counts: { train: 1, validation: 1, test: 1 },
      splits: '',
      height: 1,
      width: 1,
      channels: 1,
      classes: ['0'],
      folder: null,
      layout: null,
      normal: null,
      preprocessing: null,
      rows: null,
      isGiven: false,
      table: null,
    },
    parameters: 1,
    losses: [{ name: 'reconstruction', definition: 'squared error', unit: '', weight: 1 }],
    tensorboard: { level: 'all', logEvery: 10 },
    versions: { hourglass: '0', node: '0', onnxruntime: '0' },
    machine: { platform: '', processor: '', cores: 1, memoryGiB: 1 },
    status: 'finished',
    note: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    epoch: 0,
    from: null,
    ...change,
  });

describe('a file is whole or absent', () => {
  test('is replaced, and nothing is left next to it', async () => {
    const file = join(folder, 'deep', 'er', 'file.txt');
    await writeWhole(file, 'one');
    await writeWhole(file, 'two');
    expect(await readFile(file, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['file.txt']);
  });

  // Tests may run as root, and permissions do not stop root; a file instead of a folder stops every user.
  test('where it cannot be written, it says why, and what was there stays', async () => {
    await writeFile(join(folder, 'file'), 'kept');
    const failure = writeWhole(join(folder, 'file', 'below'), 'new');
    await expect(failure).rejects.toMatchObject({ kind: 'run', exitCode: 4 });
    await expect(failure).rejects.toThrow(
      /cannot be written: a part of its path is a file, not a folder; choose another folder/,
    );
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('kept');
    await mkdir(join(folder, 'taken', 'by'), { recursive: true });
    await expect(writeWhole(join(folder, 'taken'), 'new')).rejects.toThrow(
      'cannot be written: it is a folder',
    );
    expect((await readdir(folder)).sort()).toEqual(['file', 'taken']);
    await expect(writeWhole(join(folder, 'n'.repeat(300)), '')).rejects.toThrow('its name is too long');
  });

  test('on a full disk the old content stays', async (context) => {
    const mount = join(folder, 'small');
    await mkdir(mount);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      context.skip('a small file system cannot be mounted here: it takes root and the right to mount');
    }
    try {
      await writeWhole(join(mount, 'file'), 'old');
      await expect(writeWhole(join(mount, 'file'), new Uint8Array(200_000))).rejects.toThrow(
        'the disk is full',
      );
      expect(await readFile(join(mount, 'file'), 'utf8')).toBe('old');
      expect(await readdir(mount)).toEqual(['file']);
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});

describe('metrics', () => {
  const row = (epoch: number) => ({
    epoch,
    step: epoch * 10,
    training: { loss: 0.5 / epoch },
    validation: { loss: 0.25 / epoch },
    learningRate: 0.001,
    seconds: 1.5,
    imagesPerSecond: 100,
  });

  test('are written as JSON lines and as CSV, and come back', async () => {
    await writeMetrics(runFiles(folder), [row(1), row(2)]);
    expect(await readMetrics(folder)).toEqual([row(1), row(2)]);
    expect(await readMetrics(folder, 1)).toEqual([row(1)]);
    const [head, first] = (await readFile(join(folder, 'metrics.csv'), 'utf8')).split(/\r?\n/);
    expect(head).toBe('epoch,step,learningRate,seconds,imagesPerSecond,training_loss,validation_loss');
    expect(first).toBe('1,10,0.001,1.5,100,0.5,0.25');
  });

  test('none are none; damaged ones are an error that names the line', async () => {
    expect(await readMetrics(folder)).toEqual([]);
    for (const line of ['{"epoch":2,', 'null', '{"epoch":"two"}']) {
      await writeFile(join(folder, 'metrics.jsonl'), `${JSON.stringify(row(1))}\n${line}\n`);
      await expect(readMetrics(folder)).rejects.toThrow(
        /metrics\.jsonl, line 2: is damaged; delete the file/,
      );
    }
  });
});

describe('run folders', () => {
  test('are named by recipe and time', () => {
    expect(runName('stacked', new Date('2026-11-21T15:30:00.123Z'))).toBe('stacked-20261121-153000');
  });

  test('what is there is never taken: the next number is', async () => {
    const wanted = join(folder, 'deep', 'run');
    expect(await createRunFolder(wanted)).toBe(wanted);
    expect(await createRunFolder(wanted)).toBe(`${wanted}-2`);
    expect(await createRunFolder(`${wanted}/`)).toBe(`${wanted}-3`);
    await writeFile(`${wanted}-4`, 'a file');
    expect(await createRunFolder(wanted)).toBe(`${wanted}-5`);
  });

  test('an empty folder is taken, once, even by many at a time', async () => {
    const wanted = join(folder, 'empty');
    await mkdir(wanted);
    const taken = await Promise.all(Array.from({ length: 8 }, () => createRunFolder(wanted)));
    expect(new Set(taken).size).toBe(8);
    expect(taken).toContain(wanted);
  });

  test('cannot lie in a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(createRunFolder(join(folder, 'file', 'run'))).rejects.toThrow(
      'a part of its path is a file',
    );
  });

  test('are listed the newest first; a damaged one hides no other, and other folders are not runs', async () => {
    await writeManifest(join(folder, 'old'), manifest({ startedAt: '2026-01-01T00:00:00.000Z' }));
    await writeManifest(
      join(folder, 'new'),
      manifest({ startedAt: '2026-01-02T00:00:00.000Z', status: 'failed', note: 'why' }),
    );
    await writeManifest(join(folder, 'dead'), manifest({ status: 'running', startedAt: '2025-01-01' }));
    await mkdir(join(folder, 'damaged'));
    await writeFile(join(folder, 'damaged', 'run.json'), '{"format":');
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'file'), '');
    const runs = await listRuns(folder);
    expect(runs.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'new failed',
      'old finished',
      'dead stopped',
      'damaged damaged',
    ]);
    expect(runs.at(-1)).toMatchObject({ problem: expect.stringContaining('is damaged: not valid JSON') });
    expect(await listRuns(join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('manifests', () => {
  test('come back', async () => {
    await writeManifest(folder, manifest());
    expect(await readManifest(folder)).toEqual(manifest());
  });

  test.each([
    ['', 'is damaged: not valid JSON'],
    ['null', 'is damaged'],
    ['[]', 'is damaged'],
    ['{}', 'is damaged: format'],
    [
      JSON.stringify({ ...manifest(), version: 2 }),
      'is of format version 2, newer than this hourglass reads (1); update it',
    ],
    [JSON.stringify({ ...manifest(), seed: 'one' }), 'is damaged: seed'],
    [JSON.stringify({ ...manifest(), status: 'done' }), 'is damaged: status'],
  ])('%s', async (text, complaint) => {
    await writeFile(join(folder, 'run.json'), text);
    await expect(readManifest(folder)).rejects.toMatchObject({
      kind: 'run',
      message: expect.stringContaining(complaint),
    });
  });

  test('without one it is not a run', async () => {
    await expect(readManifest(folder)).rejects.toThrow('is not a run folder: it has no run.json');
  });

  test('of an older hourglass are read, with what they lack as it was then', async () => {
    const { tensorboard: _, losses: __, ...old } = manifest();
    const losses = [{ name: 'reconstruction', definition: 'd', unit: 'u' }];
    await writeFile(join(folder, 'run.json'), JSON.stringify({ ...old, losses, unknown: 'dropped' }));
    expect(await readManifest(folder)).toEqual({
      ...manifest(),
      tensorboard: { level: 'none', logEvery: 10 },
      losses: [{ ...losses[0], weight: 1 }],
    });
  });

  test('of no version, or of none there ever was, are damaged', async () => {
    for (const version of [undefined, null, 0, '1', -1]) {
      await writeFile(join(folder, 'run.json'), JSON.stringify({ ...manifest(), version }));
      await expect(readManifest(folder)).rejects.toThrow('run.json: is damaged: version');
    }
  });

  test('running is believed while somebody holds the lock', async () => {
    const status = (change: Partial<Manifest>) => trueStatus(folder, manifest(change));
    const running = { status: 'running' } as const;
    expect(await status(running)).toBe('stopped');
    const lock = await lockRun(folder);
    expect(await status(running)).toBe('running');
    // It is being resumed.
    expect(await status({ status: 'failed' })).toBe('running');
    expect(await status({ status: 'finished' })).toBe('finished');
    await lock.release();
    expect(await status({ status: 'failed' })).toBe('failed');
    await writeFile(join(folder, 'run.lock'), 'nobody knows');
    expect(await status(running)).toBe('running');
    expect(await status({ status: 'stopped' })).toBe('stopped');
  });
});
