/** Run folders as their owner meets them: two processes and one run, kills, lists, tags, deletion. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listRuns } from 'hourglass';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  asShell,
  type Ended,
  run,
  start,
  temporaryFolder,
  weightsOf,
  writeData,
  writeRecipe,
} from '../support/program.ts';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const hourglass = (...args: string[]) => run(folder, args);
const TRAIN = ['train', 'tiny.json', '--data-dir', 'data', '--threads', '1', '--tensorboard', 'none'];
const statusOf = async (name: string, root = folder) =>
  (await listRuns(root)).find((one) => one.name === name)?.status;

/** A run that was stopped early, and one that was not: to be copied. */
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeData(at('data'));
  await writeRecipe(at('tiny.json'));
  const started = start(folder, [...TRAIN, '--epochs', '40', '--out', 'stopped']);
  await started.says('epoch  2/40');
  started.process.kill('SIGINT');
  expect((await started.ended).code).toBe(130);
  expect(await hourglass(...TRAIN, '--out', 'finished')).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const copy = (from: string, to: string) => cp(at(from), at(to), { recursive: true });

async function editJson(file: string, change: object): Promise<void> {
  const value = JSON.parse(await readFile(at(file), 'utf8')) as object;
  await writeFile(at(file), JSON.stringify({ ...value, ...change }));
}

/** Every file's name and bytes, to see that nothing changed. */
async function contentOf(name: string): Promise<Map<string, string>> {
  const entries = await readdir(at(name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [file, (await readFile(file)).toString('hex')] as const)),
  );
}

function expectError({ code, stdout, stderr }: Ended, exitCode: number, ...words: string[]): void {
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).toMatch(/^hourglass: [^\p{Cc}]+\n$/u);
  expect([code, stdout]).toEqual([exitCode, '']);
}

describe('one run has one process', () => {
  test('of several that resume it at once one does, the others say so and change nothing', async () => {
    await copy('stopped', 'contested');
    await copy('stopped', 'alone');
    const alone = hourglass('train', '--resume', 'alone');
    const ended = await Promise.all(
      Array.from({ length: 4 }, () => hourglass('train', '--resume', 'contested')),
    );
    const losers = ended.filter(({ code }) => code !== 0);
    expect(losers).toHaveLength(3);
    for (const loser of losers) expectError(loser, 4, 'contested: is being written by another process: ');
    expect(await alone).toMatchObject({ code: 0, stderr: '' });
    expect((await weightsOf(at('contested'))).equals(await weightsOf(at('alone')))).toBe(true);
    expect((await readdir(at('contested'))).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });

  test('of several that find a killed one’s lock, too; what the killed one left is removed', async () => {
    const started = start(folder, [...TRAIN, '--epochs', '40', '--out', 'killed']);
    await started.says('epoch  2/40');
    // Held where it is: it must not end while it is asked about.
    started.process.kill('SIGSTOP');
    expect(await statusOf('killed')).toBe('running');
    const { stdout } = await hourglass('runs', '--dir', '.', '--status', 'running');
    expect(stdout).toMatch(new RegExp(`^killed +running .* process ${started.process.pid} on `, 'm'));
    const before = await readFile(at('killed', 'recipe.json'), 'utf8');
    expectError(await hourglass('train', '--resume', 'killed'), 4, `${started.process.pid}`, 'stop process');
    expectError(await hourglass('runs', 'delete', 'killed', '--yes'), 4, 'is being written');
    expect(await readFile(at('killed', 'recipe.json'), 'utf8')).toBe(before);
    started.process.kill('SIGKILL');
    await started.ended;
    expect(existsSync(at('killed', 'run.lock'))).toBe(true);
    expect(await statusOf('killed')).toBe('stopped');
    const leftover = at('killed', 'checkpoints', `.best.safetensors.${started.process.pid}.0123abcd.tmp`);
    await writeFile(leftover, 'half');
    const ended = await Promise.all(
      Array.from({ length: 4 }, () => hourglass('train', '--resume', 'killed')),
    );
    expect(ended.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(ended.filter(({ code }) => code === 4)).toHaveLength(3);
    expect(existsSync(leftover)).toBe(false);
    expect(existsSync(at('killed', 'run.lock'))).toBe(false);
    expect((await weightsOf(at('killed'))).equals(await weightsOf(at('alone')))).toBe(true);
  });

  test('a lock whose process number is another’s by now is a dead one’s', async () => {
    await copy('stopped', 'recycled');
    const started = start(folder, ['train', '--resume', 'recycled']);
    await started.says('/40  training');
    started.process.kill('SIGKILL');
    await started.ended;
    const lock = JSON.parse(await readFile(at('recycled', 'run.lock'), 'utf8')) as { started: string | null };
    // Only where the system tells when a process began.
    if (lock.started === null) return;
    await editJson('recycled/run.lock', { pid: process.pid });
    await editJson('recycled/run.json', { pid: process.pid });
    expect(await statusOf('recycled')).toBe('stopped');
    expect((await hourglass('train', '--resume', 'recycled')).code).toBe(0);
  });

  test('a lock of another host is respected; it is said how to remove it, and that works', async () => {
    await copy('stopped', 'afar');
    const lock = at('afar', 'run.lock');
    const started = start(folder, ['train', '--resume', 'afar']);
    await started.says('/40  training');
    started.process.kill('SIGKILL');
    await started.ended;
    await editJson('afar/run.lock', { host: 'else\u001b[31mwhere' });
    const before = await contentOf('afar');
    const refused = await hourglass('train', '--resume', 'afar');
    expectError(refused, 4, "where', since", 'if nothing writes this run there, delete afar/run.lock');
    expect(await contentOf('afar')).toEqual(before);
    expect((await hourglass('runs', '--dir', '.')).stdout).not.toContain('\u001b');
    await unlink(lock);
    expect(await statusOf('afar')).toBe('stopped');
    expect((await hourglass('train', '--resume', 'afar')).code).toBe(0);
  });

  test('a session that cannot begin gives the lock back', async () => {
    await copy('stopped', 'undone');
    await writeData(at('others'), 99);
    expectError(
      await hourglass('train', '--resume', 'undone', '--data-dir', 'others'),
      4,
      'was trained on other images',
    );
    expect(existsSync(at('undone', 'run.lock'))).toBe(false);
    expect(await statusOf('undone')).toBe('stopped');
  });

  test('Ctrl-C twice leaves a lock that stands in nobody’s way', async () => {
    await copy('stopped', 'twice');
    const started = start(folder, ['train', '--resume', 'twice']);
    await started.says('/40  training');
    started.process.kill('SIGINT');
    started.process.kill('SIGINT');
    expect(asShell(await started.ended)).toBe(130);
    expect(await statusOf('twice')).toBe('stopped');
    expect((await hourglass('train', '--resume', 'twice')).code).toBe(0);
  });

  test('Ctrl-C twice is no crash in the middle of a long step either, on several threads', async () => {
    const started = start(folder, [
      'train',
      'conv',
      '--data',
      'mnist-10k',
      '--threads',
      '2',
      '--out',
      'long',
    ]);
    await started.says('training loss');
    started.process.kill('SIGINT');
    await started.says('Stopping after this step');
    started.process.kill('SIGINT');
    const ended = await started.ended;
    expect(asShell(ended)).toBe(130);
    expect(ended.stderr.trim()).toBe('Stopping after this step (Ctrl-C again: at once) …');
    expect(await statusOf('long')).toBe('stopped');
  });

  test('a training goes on when nobody reads what it prints any more', async () => {
    const started = start(folder, [...TRAIN, '--epochs', '30', '--out', 'unread']);
    await started.says('epoch  1/30');
    started.process.stdout!.destroy();
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await statusOf('unread')).toBe('finished');
  });
});

describe('runs', () => {
  const ROOT = 'list';
  const edit = (name: string, change: object) => editJson(join(ROOT, name, 'run.json'), change);
  const results = (name: string, loss: number, mse: number) =>
    editJson(join(ROOT, name, 'results.json'), { objective: { values: { loss } }, model: { mse } });
  const list = (...args: string[]) => hourglass('runs', '--dir', ROOT, ...args);
  const names = async (...args: string[]) =>
    (JSON.parse((await list('--json', ...args)).stdout) as { name: string }[]).map(({ name }) => name);

  beforeAll(async () => {
    await mkdir(at(ROOT));
    for (const name of ['a', 'b', 'c']) await copy('finished', join(ROOT, name));
    await copy('stopped', join(ROOT, 'halted'));
    await copy('stopped', join(ROOT, 'broken'));
    await writeFile(at(ROOT, 'broken', 'run.json'), '{"format":');
    await copy('finished', join(ROOT, 'newer'));
    await edit('newer', { version: 99 });
    await edit('a', { startedAt: '2026-01-01T00:00:00.000Z', recipe: 'vae' });
    await edit('b', { startedAt: '2026-01-03T00:00:00.000Z' });
    await edit('c', { startedAt: '2026-01-02T00:00:00.000Z' });
    await edit('halted', { startedAt: '2026-01-04T00:00:00.000Z', recipe: 'vae' });
    await results('a', 3, 0.1);
    await results('b', 1, 0.3);
    await results('c', 2, 0.2);
  });

  test('shows figures and problems, and hides none', async () => {
    const { code, stdout, stderr } = await list();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^run +status +recipe +data +epochs +loss +MSE +tags +started \(UTC\)$/m);
    expect(stdout).toMatch(/^a +finished +vae +mnist +3\/3 +3\.000 +0\.1000 +2026-01-01 00:00$/m);
    expect(stdout).toMatch(/^halted +stopped +vae .* npx hourglass train --resume list\/halted$/m);
    expect(stdout).toMatch(/^broken +damaged .*is damaged: not valid JSON$/m);
    expect(stdout).toMatch(/^newer +damaged .*format version 99, newer than this hourglass reads \(1\)/m);
  });

  test('damaged results and tags are said beside the rest', async () => {
    await copy('finished', 'worn/run');
    await writeFile(at('worn', 'run', 'results.json'), '[]');
    await writeFile(at('worn', 'run', 'tags.json'), '[');
    const { stdout } = await hourglass('runs', '--dir', 'worn');
    expect(stdout).toMatch(/^run +finished .*tags\.json: is damaged.*results\.json: is damaged/m);
    expectError(await hourglass('runs', 'tag', 'worn/run', 'x'), 4, 'tags.json: is damaged');
  });

  test.each<[string, string[]]>([
    ['', ['halted', 'b', 'c', 'a', 'broken', 'newer']],
    ['--reverse', ['a', 'c', 'b', 'halted', 'broken', 'newer']],
    ['--sort name', ['a', 'b', 'broken', 'c', 'halted', 'newer']],
    ['--sort loss', ['b', 'c', 'a', 'halted', 'broken', 'newer']],
    ['--sort mse --reverse', ['b', 'c', 'a', 'halted', 'broken', 'newer']],
    ['--sort mse --status finished', ['a', 'c', 'b']],
    ['--recipe vae', ['halted', 'a']],
    ['--recipe vae --status stopped', ['halted']],
    ['--status damaged', ['broken', 'newer']],
    ['--data mnist --sort name', ['a', 'b', 'c', 'halted']],
    ['--data none', []],
  ])('%s', async (line, expected) => {
    expect(await names(...line.split(' ').filter((word) => word !== ''))).toEqual(expected);
  });

  test('tags are given, listed, asked for and taken', async () => {
    expect(await list('tag', 'a', 'base', 'λ=1')).toMatchObject({ code: 0, stdout: 'list/a: base λ=1\n' });
    await hourglass('runs', 'tag', 'list/b', 'base');
    expect(await names('--tag', 'base')).toEqual(['b', 'a']);
    expect(await names('--tag', 'base', '--tag', 'λ=1')).toEqual(['a']);
    expect((await list()).stdout).toMatch(/^a .* base λ=1 +2026/m);
    expect(await list('untag', 'a', 'base', 'λ=1')).toMatchObject({ stdout: 'list/a has no tags\n' });
    expect(await names('--tag', 'base')).toEqual(['b']);
    expect((await list('--tag', 'none-such')).stdout).toBe('None of the 6 runs in list matches.\n');
  });

  test('a tag given while it trains is there at its end', async () => {
    const started = start(folder, [...TRAIN, '--epochs', '30', '--out', 'tagged']);
    await started.says('epoch  2/30');
    started.process.kill('SIGSTOP');
    expect((await hourglass('runs', 'tag', 'tagged', 'meanwhile')).code).toBe(0);
    started.process.kill('SIGCONT');
    expect((await started.ended).code).toBe(0);
    expect((await listRuns(folder)).find(({ name }) => name === 'tagged')?.tags).toEqual(['meanwhile']);
  });

  test.concurrent.each<[string, number, string]>([
    ['runs --status done', 2, 'Allowed choices are running, finished'],
    ['runs --sort size', 2, 'Allowed choices are date, name'],
    ['runs --tag ../x', 2, 'must begin with a letter or digit'],
    ['runs delet list/a', 2, 'did you mean delete?'],
    ['runs tag list/a', 2, "missing required argument 'tags'"],
    ['runs tag list/a ../../x', 2, 'tag: must begin with a letter or digit'],
    ['runs tag list/nothing x', 4, 'must be the folder of a run'],
    ['runs tag data x', 4, 'data: is not a run folder: it has no run.json'],
    ['runs tag list/broken x', 4, 'is damaged'],
    ['runs delete', 2, "missing required argument 'runs'"],
    ['runs delete list/a', 2, 'there is no terminal to ask on; pass --yes'],
    ['runs delete data --yes', 4, 'data: is not a run folder: it has no run.json'],
    ['runs delete list/a list --yes', 4, 'list: is not a run'],
    ['runs delete . --yes', 4, '.: is not a run'],
    ['runs delete .. --yes', 4, '..: is not a run'],
    ['runs delete / --yes', 4, '/: is not a run'],
    ['runs delete tiny.json --yes', 4, 'is not a run'],
  ])('%s', async (line, code, words) => {
    expectError(await hourglass(...line.split(' ')), code, words);
    expect(existsSync(at(ROOT, 'a', 'run.json'))).toBe(true);
  });

  describe('delete', () => {
    beforeEach(async () => {
      for (const name of ['x', 'y']) await copy('finished', join('doomed', name));
    });

    test('by path and by name, each once; a damaged one, too', async () => {
      await writeFile(at('doomed', 'y', 'run.json'), 'no JSON');
      const deleted = await hourglass(
        'runs',
        'delete',
        '--dir',
        'doomed',
        'x',
        'doomed/y',
        'doomed/x/',
        '--yes',
      );
      expect(deleted).toEqual({
        code: 0,
        signal: null,
        stdout: 'deleted doomed/x\ndeleted doomed/y\n',
        stderr: '',
      });
      expect(await readdir(at('doomed'))).toEqual([]);
    });

    test('leaves what links lead to, and links to runs', async () => {
      await symlink(at('data'), at('doomed', 'x', 'link'));
      await symlink(at('doomed', 'y'), at('doomed', 'z'));
      expectError(await hourglass('runs', 'delete', 'doomed/z', '--yes'), 4, 'is a link');
      expect((await hourglass('runs', 'delete', 'doomed/x', '--yes')).code).toBe(0);
      expect(await readdir(at('data'))).toHaveLength(4);
      expect((await readdir(at('doomed'))).sort()).toEqual(['y', 'z']);
    });
  });
});
