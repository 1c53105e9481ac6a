/** A model that is of no use is called so: after training, in its files, in the library, and before each use. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluateRun, loadModel, serve, type TrainResult, train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run as program, TINY, temporaryFolder, writeData } from '../support/program.ts';

/** A KL divergence that outweighs all else: the posterior collapses. */
const COLLAPSED = {
  ...TINY,
  name: 'collapsed',
  model: { ...TINY.model, code: { type: 'gaussian', units: 2, kl: { weight: 100 } } },
};
const WORDS = 'The code carries no information about the image';

let folder: string;
let dataDir: string;
let run: string;
let result: TrainResult;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'));
  run = join(folder, 'collapsed');
  const set = { 'training.epochs': 20 };
  result = await train(COLLAPSED, { dataDir, offline: true, threads: 1, tensorboard: 'none', out: run, set });
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (...names: string[]) => readFile(join(run, ...names), 'utf8');

test('the evaluation after training names it, with cause and setting, and files and page have the same', async () => {
  if (result.status !== 'finished') throw new Error('the training was stopped');
  const { diagnosis, code } = result.evaluation;
  expect(diagnosis.verdict).toContain(WORDS);
  expect(diagnosis.findings).toEqual([
    expect.objectContaining({ kind: 'posterior-collapse', level: 'useless', sentence: diagnosis.verdict }),
  ]);
  expect(diagnosis.findings[0]!.remedy).toContain('--set model.code.kl.weight=25');
  expect(code).toMatchObject({ of: 'units', count: 2, varying: 0 });
  expect(JSON.parse(await read('results.json')).diagnosis).toEqual(diagnosis);
  expect(JSON.parse(await read('model', 'statistics.json')).diagnosis).toEqual(diagnosis);
  for (const page of ['summary.md', 'report.html']) {
    const text = await read(page);
    expect(text).toContain(WORDS);
    expect(text).toContain('--set model.code.kl.weight=25');
  }
  expect((await evaluateRun(run, { dataDir, offline: true, threads: 1 })).diagnosis).toEqual(diagnosis);
}, 60_000);

test('a use of it is preceded by a warning, in the library, the program and the service', async () => {
  const model = await loadModel(join(run, 'model'), { threads: 1 });
  expect(model.diagnosis!.verdict).toContain(WORDS);
  await model.dispose();

  const images = join(dataDir, 't10k-images-idx3-ubyte');
  const used = await program(folder, ['anomaly', run, images, '--format', 'csv', '--threads', '1']);
  expect(used.code).toBe(0);
  expect(used.stderr).toMatch(new RegExp(`^warning: ${WORDS}.*kl\\.weight=25`, 'm'));
  expect(used.stdout).not.toContain(WORDS);

  const service = await serve({ bad: run }, { port: 0, references: [images] });
  try {
    expect(service.models[0]!.warnings[0]).toContain(WORDS);
    const described = await (await fetch(`${service.url}/v1/models/bad`)).json();
    expect(described).toMatchObject({ warnings: [expect.stringContaining(WORDS)] });
  } finally {
    await service.close();
  }
}, 120_000);

test('evaluate ends in the verdict, and a run of an older hourglass gets one from the figures it has', async () => {
  const old = join(folder, 'old');
  await cp(run, old, { recursive: true });
  for (const file of ['results.json', 'model/statistics.json']) {
    const { diagnosis: _, code: __, ...rest } = JSON.parse(await read(...file.split('/')));
    await writeFile(join(old, file), JSON.stringify(rest));
  }
  expect((await program(folder, ['report', old])).code).toBe(0);
  expect(await readFile(join(old, 'report.html'), 'utf8')).toContain(WORDS);
  const model = await loadModel(old, { threads: 1 });
  expect(model.diagnosis!.findings[0]).toMatchObject({ kind: 'posterior-collapse', level: 'useless' });
  await model.dispose();
  const { code, stdout } = await program(folder, ['evaluate', old, '--data-dir', dataDir]);
  expect(code).toBe(0);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`verdict ${WORDS}`);
}, 120_000);
