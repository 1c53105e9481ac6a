/**
 * Runs that version 0.1.0 has written, one of each family and one that was stopped: they open, are used, evaluated,
 * compared, reported and resumed. The folders in `runs/` are never written anew: a change of a format must read them.
 * `quantised` came later than the others.
 */
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Evaluation,
  evaluateRun,
  listRuns,
  loadModel,
  openDataset,
  resumeTraining,
  writeComparison,
  writeReport,
} from '../../dist/index.js';
import { PIXELS, temporaryFolder, writeData } from '../support/program.ts';
import { FAMILIES } from './families.ts';

const KEPT = fileURLToPath(new URL('runs', import.meta.url));
const families = [...FAMILIES.keys()];

/** What 0.1.0 made of the first two test images: their codes, and the sum of all reconstructed values. */
type Expected = Record<string, { code: number[]; sum: number }>;

let folder: string;
let runs: string;
let dataDir: string;
let expected: Expected;
let two: Uint8Array;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'));
  runs = join(folder, 'runs');
  await cp(KEPT, runs, { recursive: true });
  expected = JSON.parse(await readFile(join(KEPT, 'expected.json'), 'utf8')) as Expected;
  two = (await openDataset('mnist', { dataDir })).test.images.slice(0, 2 * PIXELS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('all are listed, with their states', async () => {
  const found = await listRuns(runs);
  const states = Object.fromEntries(found.map(({ name, status }) => [name, status]));
  expect(states).toEqual({
    ...Object.fromEntries(families.map((name) => [name, 'finished'])),
    stopped: 'stopped',
  });
});

describe.each(families)('%s', (name) => {
  test('gives the codes and reconstructions it gave', async () => {
    const model = await loadModel(join(runs, name));
    const code = await model.encode(two);
    const { data } = await model.reconstruct(two);
    await model.dispose();
    const { code: codes, sum } = expected[name]!;
    expect(code.data.length).toBe(codes.length);
    for (const [i, value] of codes.entries()) expect(code.data[i]).toBeCloseTo(value, 4);
    expect(Math.abs(data.reduce((a, b) => a + b, 0) / sum - 1)).toBeLessThan(1e-4);
  });

  test('is measured as it was', async () => {
    const before = JSON.parse(await readFile(join(KEPT, name, 'results.json'), 'utf8')) as Evaluation;
    const now = await evaluateRun(join(runs, name), { dataDir });
    expect(now.definitions).toEqual(before.definitions);
    for (const row of ['model', 'meanImage'] as const) {
      const keys = Object.keys(before[row]) as (keyof Evaluation['model'])[];
      expect(Object.keys(now[row])).toEqual(keys);
      for (const key of keys) expect(now[row][key]).toBeCloseTo(before[row][key], 4);
    }
  });

  test('is reported', async () => {
    const page = await writeReport(join(runs, name));
    expect(await readFile(page, 'utf8')).toContain(name);
  });
});

test('they are compared', async () => {
  const out = join(folder, 'comparison');
  const folders = families.map((name) => join(runs, name));
  const { page } = await writeComparison(folders, out, { dataDir });
  const text = await readFile(page, 'utf8');
  for (const name of families) expect(text).toContain(name);
});

test('the stopped one is resumed, and ends as the one that was not stopped', async () => {
  const run = join(runs, 'stopped');
  expect(await resumeTraining(run, { dataDir })).toMatchObject({ status: 'finished' });
  const model = await loadModel(run);
  const code = await model.encode(two);
  await model.dispose();
  for (const [i, value] of expected.variational!.code.entries()) expect(code.data[i]).toBeCloseTo(value, 3);
});
