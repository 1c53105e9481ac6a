/** A figure from outside of src, in one file: measured, kept, and shown wherever figures are. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  evaluateRun,
  FIGURES,
  type Figure,
  figuresOf,
  loadModel,
  openDataset,
  train,
  writeComparison,
} from 'hourglass';
import pc from 'picocolors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluationTable } from '../src/cli/evaluation-table.ts';
import { run, TINY, temporaryFolder, writeData } from './support/program.ts';

const MODULE = new URL('./extensions/largest-error.js', import.meta.url);

/** As someone who imports the file has it. */
const { default: largestError } = (await import(MODULE.href)) as { default: Figure };

let folder: string;
let data: { dataDir: string; offline: true; cacheDir: string };

async function trained(name: string, figures: readonly (string | URL)[]) {
  const result = await train(TINY, {
    ...data,
    threads: 1,
    out: join(folder, name),
    figures,
    tensorboard: 'none',
  });
  if (result.status !== 'finished') throw new Error('it stopped');
  return result;
}

let measured: Awaited<ReturnType<typeof trained>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  data = {
    dataDir: await writeData(join(folder, 'data')),
    offline: true,
    cacheDir: join(folder, 'cache'),
  };
  measured = await trained('measured', [MODULE]);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (name: string) => readFile(join(measured.folder, name), 'utf8');

test('it is in the results file, for the model and for what it is to beat', async () => {
  const results = JSON.parse(await read('results.json'));
  const { test } = await openDataset('mnist', data);
  const images = Float32Array.from(test.images, (byte) => byte / 255);
  const model = await loadModel(measured.folder, { threads: 1 });
  const { data: reconstructions } = await model.reconstruct(images);
  await model.dispose();
  const largest = images.reduce((most, value, i) => Math.max(most, Math.abs(value - reconstructions[i]!)), 0);
  expect(results.model.largestError).toBeCloseTo(largest, 6);
  for (const side of ['model', 'pca', 'meanImage']) expect(results[side].largestError).toBeGreaterThan(0);
  expect(results.definitions.largestError).toBe(largestError.definition);
  const { key, name, note, unit, better } = largestError;
  expect(results.figures).toEqual([{ key, name, note, unit, better }]);
});

test('it is in the summary, the report and the terminal', async () => {
  for (const page of ['summary.md', 'report.html'])
    expect(await read(page)).toContain(largestError.definition);
  expect(await read('report.html')).toContain('>largest error<');
  const style = { width: 80, colours: pc.createColors(false) };
  expect(evaluationTable(measured.evaluation, style).join('\n')).toMatch(
    /largest error +0\.\d+ +0\.\d+ +of any pixel/,
  );
});

test('programs that do not know it show it: report and compare, next to a run without it', async () => {
  const plain = await trained('plain', []);
  expect((await run(folder, ['report', measured.folder])).code).toBe(0);
  expect(await read('report.html')).toContain('>largest error<');
  const out = join(folder, 'compared');
  const where = ['--out', out, '--data-dir', data.dataDir, '--offline'];
  const compared = await run(folder, ['compare', measured.folder, plain.folder, ...where]);
  expect(compared.stdout).toMatch(/largest error +0\.\d+ +–/);
  expect(await readFile(join(out, 'compare.html'), 'utf8')).toContain('>largest error<');
  const { figures } = await writeComparison([measured.folder, plain.folder], out, data);
  expect(figures.find(({ name }) => name === 'largest error')?.values).toEqual([expect.any(Number), null]);
}, 180_000);

test('an evaluation measures it again, as JSON and as a list with all others', async () => {
  const figure = largestError;
  const evaluation = await evaluateRun(measured.folder, { ...data, threads: 1, figures: [figure] });
  expect(JSON.parse(JSON.stringify(evaluation)).model).toEqual(JSON.parse(await read('results.json')).model);
  const shown = figuresOf(evaluation);
  expect(shown.map(({ key }) => key)).toEqual([
    ...['mae', 'mse', 'squaredErrorPerImage', 'bce', 'bcePerImage', 'ssim', 'psnr', 'largestError'],
  ]);
  // The table reads the same values.
  for (const { key, values } of shown.slice(0, -1))
    expect(FIGURES.find((one) => one.key === key)!.read(evaluation), key).toBe(values.model);
});

test('a figure that cannot be measured is refused before the training', async () => {
  const out = join(folder, 'refused');
  const refused = (figures: readonly (string | URL)[]) =>
    train(TINY, { ...data, threads: 1, out, figures }).catch((error: Error) => error.message);
  expect(await refused([join(folder, 'none.js')])).toContain(
    'none.js: cannot be loaded as a module with figures',
  );
  expect(await refused([MODULE, MODULE])).toContain(
    "figure 'largestError': has a key that another figure has",
  );
  const wrong = (change: object) =>
    evaluateRun(measured.folder, {
      ...data,
      figures: [{ ...largestError, ...change }],
    }).catch((error: Error) => error.message);
  expect(await wrong({ key: 'mse' })).toContain("figure 'mse': has a key that another figure has");
  expect(await wrong({ better: 'more' })).toContain(
    "must say which way is better: 'lower', 'higher' or null",
  );
  expect(await wrong({ name: 'the largest error of any pixel' })).toContain('of 1 to 16 characters');
});
