/** Kinds and figures from modules of one's own, through the program and the service. */
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, start, TINY, temporaryFolder, writeData, writeRecipe } from '../support/program.ts';

const module = (name: string) => fileURLToPath(new URL(`../extensions/${name}.js`, import.meta.url));
const CODE = module('uniform-code');
const WITH = ['--extension', CODE];

const RECIPE = {
  ...TINY,
  name: 'foreign',
  model: { ...TINY.model, code: { type: 'uniform', units: 3, levels: 4 } },
  loss: { type: 'logcosh' },
};

let folder: string;
const hourglass = (...args: string[]) => run(folder, args);
const done = async (...args: string[]) => {
  const ended = await hourglass(...args);
  expect([args, ended.code, ended.stderr]).toEqual([args, 0, expect.any(String)]);
  return ended.stdout;
};

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeData(join(folder, 'data'));
  await writeRecipe(join(folder, 'foreign.json'), RECIPE);
  const data = ['--data-dir', 'data', '--threads', '1', '--tensorboard', 'none'];
  const figure = ['--extension', module('largest-error')];
  await done('train', 'foreign.json', ...data, '--out', 'run', ...WITH, ...figure);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a run names the extensions that its recipe uses, and no others', async () => {
  const { config } = JSON.parse(await readFile(join(folder, 'run', 'run.json'), 'utf8'));
  expect(config.extensions).toEqual([expect.stringMatching(/^file:.*\/uniform-code\.js$/)]);
  const results = JSON.parse(await readFile(join(folder, 'run', 'results.json'), 'utf8'));
  expect(results.model.largestError).toBeGreaterThan(0);
});

test.each([['evaluate'], ['report'], ['encode'], ['sample'], ['export'], ['serve']])(
  '%s without the extension is one line that names it; nothing is loaded because a run names it',
  async (command) => {
    const rest: Record<string, string[]> = {
      encode: ['mnist:test', '--data-dir', 'data', '--out', 'codes.npy'],
      sample: ['--out', 'samples.png'],
      export: ['--out', 'exported', '--checkpoint'],
      serve: ['--port', '0'],
    };
    const { code, stdout, stderr } = await hourglass(command, 'run', ...(rest[command] ?? []));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^hourglass: .*needs the extension \S*uniform-code\.js, which is not loaded/);
    expect(stderr).toContain(`add --extension ${CODE}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  },
  60_000,
);

test('with it, the run is evaluated, sampled from its own prior, reported and used', async () => {
  const table = await done('evaluate', 'run', ...WITH, '--extension', module('largest-error'));
  expect(table).toMatch(/largest error +0\.\d+ /);
  const drawn = await hourglass('sample', 'run', '--count', '4', '--out', 'drawn.npy', ...WITH);
  expect([drawn.code, drawn.stderr]).toEqual([
    0,
    expect.stringContaining('codes drawn from the prior U(0, 1)'),
  ]);
  await done('report', 'run', ...WITH);
  await done('encode', 'run', 'mnist:test', '--data-dir', 'data', '--out', 'codes.csv', ...WITH);
  const codes = (await readFile(join(folder, 'codes.csv'), 'utf8')).split('\n')[1]!.split(',').slice(-3);
  for (const code of codes.map(Number)) expect(code > 0 && code < 1).toBe(true);
  // A module that was moved is given by its new place.
  await copyFile(CODE, join(folder, 'moved.mjs'));
  await done('evaluate', 'run', '--extension', 'moved.mjs');
}, 120_000);

test('the service loads it in the threads of its models', async () => {
  const service = start(folder, ['serve', 'run', '--port', '0', ...WITH]);
  try {
    const url = /http:\/\/\S+/.exec(await service.says('http://'))![0];
    const response = await fetch(`${url}/v1/models/run/sample`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: 2, from: 'prior' }),
    });
    const { from, note, codes } = (await response.json()) as {
      from: string;
      note: string;
      codes: { data: number[][] };
    };
    expect([response.status, from, note]).toEqual([200, 'prior', 'codes drawn from the prior U(0, 1)']);
    expect(codes.data.flat().every((code) => code > 0 && code < 1)).toBe(true);
  } finally {
    service.process.kill('SIGTERM');
    await service.ended;
  }
}, 60_000);

test('a module that is not there, or is no extension, is one line', async () => {
  const missing = await hourglass('train', '--extension', './none.js');
  expect([missing.code, missing.stdout]).toEqual([2, '']);
  expect(missing.stderr).toMatch(/^hourglass: .*none\.js: cannot be loaded as/);
  await writeRecipe(join(folder, 'none.mjs'), {}); // no module: JSON
  const wrong = await hourglass('recipes', '--extension', './none.mjs');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr.trim().split('\n')).toHaveLength(1);
});

test('resuming takes it too', async () => {
  const resumed = await hourglass('train', '--resume', 'run', ...WITH);
  expect(resumed.stderr).toContain('is finished: there is nothing to resume');
});
