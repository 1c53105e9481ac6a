/** Evaluation as a user of the library or of the program asks for it. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  evaluateLikelihood,
  evaluateOneClass,
  loadModel,
  type Model,
  openDataset,
  probeRun,
  train,
  writeReport,
} from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIXELS, run as program, TEST, TINY, temporaryFolder, writeData } from '../support/program.ts';

let folder: string;
let data: { dataDir: string; offline: true };
let run: string;

/** A small variational autoencoder. */
const VARIATIONAL = {
  ...TINY,
  name: 'tiny-vae',
  model: { ...TINY.model, code: { type: 'gaussian', units: 2 }, output: { activation: 'sigmoid' } },
  loss: { type: 'bce', reduction: 'sum' },
  training: { ...TINY.training, epochs: 1 },
};

const trained = async (recipe: object, out: string, set = {}) => {
  const result = await train(recipe, {
    ...data,
    threads: 1,
    tensorboard: 'none',
    set,
    out: join(folder, out),
  });
  return result.folder;
};

beforeAll(async () => {
  folder = await temporaryFolder();
  data = { dataDir: await writeData(join(folder, 'data')), offline: true };
  run = await trained(VARIATIONAL, 'vae');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The share of pairs of an odd and a normal image in the right order, by the model's own reconstructions. */
async function pairsInOrder(
  of: string,
  isOdd: (label: number) => boolean,
  kind: 'sum' | 'max' | 'neighbour' = 'sum',
): Promise<number> {
  const { test, train } = await openDataset('mnist', data);
  const model = await loadModel(of, { threads: 1 });
  const { data: reconstructions } = await model.reconstruct(test.images.slice(0, TEST * PIXELS));
  const codes = await codesOf(model, test.images.slice(0, TEST * PIXELS));
  const known = (await codesOf(model, train.images)).filter((_, n) => !isOdd(train.labels[n]!));
  await model.dispose();
  const errors = Array.from({ length: TEST }, (_, n) => {
    const squared = Array.from(
      { length: PIXELS },
      (_, p) => (test.images[n * PIXELS + p]! / 255 - reconstructions[n * PIXELS + p]!) ** 2,
    );
    const sum = (values: number[]) => values.reduce((a, b) => a + b);
    if (kind === 'max') return Math.max(...squared);
    if (kind === 'sum') return sum(squared);
    const distances = known.map((code) => sum(code.map((value, i) => (value - codes[n]![i]!) ** 2)));
    const energy = sum([...test.images.slice(n * PIXELS, (n + 1) * PIXELS)].map((grey) => (grey / 255) ** 2));
    return (sum(squared) / energy) * Math.min(...distances);
  });
  let [right, pairs] = [0, 0];
  for (const [i, odd] of errors.entries()) {
    for (const [j, normal] of errors.entries()) {
      if (!isOdd(test.labels[i]!) || isOdd(test.labels[j]!)) continue;
      pairs++;
      right += odd > normal ? 1 : odd === normal ? 0.5 : 0;
    }
  }
  return right / pairs;
}

async function codesOf(model: Model, images: Uint8Array): Promise<number[][]> {
  const { data: codes, shape } = await model.encode(images);
  const units = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, n) => [...codes.slice(n * units, (n + 1) * units)]);
}

describe('one class and leave one out', () => {
  let result: Awaited<ReturnType<typeof evaluateOneClass>>;
  const models: string[] = [];
  beforeAll(async () => {
    result = await evaluateOneClass(run, {
      classes: [3],
      onProgress: ({ setup, class: name, epoch }) => epoch === 0 && models.push(`${setup} ${name}`),
    });
  });

  test('train a model each and tell how well it tells its classes from the others', async () => {
    expect(models).toEqual(['normal 3', 'leave-one-out 3']);
    expect(
      result.tables.map(({ setup, rows }) => [
        setup,
        rows.map((row) => [row.class, row.normal, row.anomalous]),
      ]),
    ).toEqual([
      ['normal', [['3', 2, 18]]],
      ['leave-one-out', [['3', 18, 2]]],
    ]);
    const [alone, without] = result.tables.map(({ rows }) => rows[0]!);
    expect(alone!.run).toBe(join(run, 'one-class', 'normal-3'));
    expect(alone!.auroc.max).toBeCloseTo(await pairsInOrder(alone!.run, (label) => label !== 3, 'max'), 12);
    expect(alone!.auroc.squaredError).toBeCloseTo(await pairsInOrder(alone!.run, (label) => label !== 3), 12);
    expect(without!.auroc.squaredError).toBeCloseTo(
      await pairsInOrder(without!.run, (label) => label === 3),
      12,
    );
    expect(alone!.auroc.neighbour).toBeCloseTo(
      await pairsInOrder(alone!.run, (label) => label !== 3, 'neighbour'),
      12,
    );
    for (const { auroc } of [alone!, without!]) {
      expect(auroc.negativeElbo).toBeGreaterThanOrEqual(0);
      expect(auroc.negativeElbo).toBeLessThanOrEqual(1);
    }
  });

  test('on the classes that they say, in the manifest and in the images', async () => {
    const manifest = JSON.parse(await readFile(join(run, 'one-class', 'normal-3', 'run.json'), 'utf8'));
    expect(manifest.config.data.classes).toEqual([3]);
    expect(manifest.dataset.counts).toEqual({ train: 5, validation: 1, test: 2 });
    expect(manifest.dataset.source).toContain('only the class 3');
  });

  test('leave tables and pictures', async () => {
    const { files, folder: _, ...content } = result;
    expect(JSON.parse(await readFile(files[0]!, 'utf8'))).toEqual(content);
    const lines = (await readFile(files[1]!, 'utf8')).trim().split('\n');
    expect(lines[0]).toBe(
      'setup,class,normal_images,anomalous_images,auroc_squared_error,auroc_max,auroc_top1,auroc_smoothed_max,auroc_neighbour,auroc_negative_elbo,run',
    );
    expect(lines[1]).toMatch(/^normal,3,2,18,/);
    expect(lines).toHaveLength(3);
    const suffixes = ['', '-max', '-top1', '-smoothed-max', '-neighbour', '-elbo'];
    expect(files.slice(2).map((file) => file.slice(join(run, 'one-class').length + 1))).toEqual([
      ...suffixes.map((score) => `one-class-normal${score}.png`),
      ...suffixes.map((score) => `one-class-leave-one-out${score}.png`),
    ]);
    for (const file of files.slice(2)) expect((await readFile(file)).subarray(1, 4).toString()).toBe('PNG');
  });

  test('are not trained again, and never taken for others', async () => {
    const weights = join(run, 'one-class', 'normal-3', 'model', 'weights.safetensors');
    const before = (await stat(weights)).mtimeMs;
    const again = await evaluateOneClass(run, { classes: ['3'], setups: ['normal'] });
    expect(again.tables[0]).toEqual(result.tables[0]);
    expect((await stat(weights)).mtimeMs).toBe(before);
    await expect(evaluateOneClass(run, { classes: [3], epochs: 2 })).rejects.toThrow(
      'normal-3: was trained with other settings than the requested ones; choose another folder with --out',
    );
    await expect(evaluateOneClass(run, { classes: ['cat'] })).rejects.toThrow(
      'classes of mnist: must be among 0, 1',
    );
  });

  test('of a run that learnt some classes are its own scores, without training', async () => {
    const some = join(run, 'one-class', 'normal-3');
    const out = join(folder, 'direct');
    const { tables, files } = await evaluateOneClass(some, { out });
    expect(tables).toHaveLength(1);
    const [{ setup, rows, mean }] = tables as [(typeof tables)[0]];
    expect([setup, mean]).toEqual(['as trained', result.tables[0]!.mean]);
    expect(rows[0]).toEqual({ ...result.tables[0]!.rows[0]!, class: null });
    // Then against each other class alone: together they are the average.
    expect(rows.slice(1).map((row) => [row.class, row.normal, row.anomalous])).toEqual(
      [0, 1, 2, 4, 5, 6, 7, 8, 9].map((label) => [String(label), 2, 2]),
    );
    const average = rows.slice(1).reduce((sum, row) => sum + row.auroc.squaredError! / 9, 0);
    expect(average).toBeCloseTo(mean.squaredError!, 12);
    expect(files).toHaveLength(8);
    await expect(evaluateOneClass(some, { epochs: 1, out })).rejects.toThrow(
      'epochs: is for models that are still to be trained',
    );
    await expect(probeRun(some)).rejects.toThrow('needs images of at least two classes');
  });
});

describe('what codes keep', () => {
  test('is measured three ways, on the split asked for', async () => {
    const phases = new Set<string>();
    const probed = await probeRun(run, { split: 'validation', onProgress: (phase) => phases.add(phase) });
    expect([...phases]).toEqual(
      expect.arrayContaining(['codes: train images', 'codes: linear probe', 'PCA: k-means']),
    );
    expect(probed).toMatchObject({
      split: 'validation',
      codes: { units: 2 },
      neighbours: { codes: { k: 5 }, pca: { k: 5 } },
    });
    for (const { accuracy } of [probed.neighbours.codes, probed.clusters.codes, probed.clusters.pca!])
      expect(accuracy * 5).toBeCloseTo(Math.round(accuracy * 5), 9);
    expect(await probeRun(run, { split: 'validation' })).toEqual(probed);
  });
});

test('the likelihood is that of the ELBO the loss has, as far as its noise goes', async () => {
  const { objective } = JSON.parse(await readFile(join(run, 'results.json'), 'utf8'));
  const { elbo, klDivergence, images } = await evaluateLikelihood(run, { images: TEST });
  expect(images).toBe(TEST);
  expect(klDivergence).toBeCloseTo(objective.values.klDivergence, 3);
  expect(Math.abs(elbo + objective.values.loss)).toBeLessThan(1);
});

test('figures measured on request are kept with the results: compare and report show them', async () => {
  const other = await trained(VARIATIONAL, 'vae-2', { seed: 2 });
  const plain = await trained(TINY, 'no-vae');
  const measure = (of: string, ...flags: string[]) =>
    program(folder, ['evaluate', of, '--data-dir', data.dataDir, ...flags]);
  for (const of of [run, other]) {
    const { code, stdout, stderr } = await measure(of, '--probe', '--likelihood', '--images', '2', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const results = JSON.parse(await readFile(join(of, 'results.json'), 'utf8'));
    expect(results).toMatchObject({
      probe: JSON.parse(stdout).probe,
      likelihood: JSON.parse(stdout).likelihood,
    });
    expect(results.keptEpoch).toBe(1);
  }
  const { stdout } = await program(folder, [
    'compare',
    run,
    other,
    plain,
    '--json',
    '--data-dir',
    data.dataDir,
  ]);
  const { figures } = JSON.parse(stdout) as {
    figures: { name: string; values: unknown[]; best: number[] }[];
  };
  const figure = (name: string) => figures.find((one) => one.name === name)!;
  for (const name of ['linear probe', '5-NN', 'k-means', 'ELBO', 'NLL ≤, k = 5,000'])
    expect(figure(name).values).toEqual([expect.any(Number), expect.any(Number), null]);
  // The KL divergence is no aim in itself; the two ELBOs were measured alike but for the seed of their codes.
  expect([figure('KL divergence').best, figure('ELBO').best]).toEqual([[], []]);
  expect(figures.some(({ name }) => name.startsWith('AUROC'))).toBe(false);
  // Other splits are not those of the results.
  await measure(plain, '--probe', '--split', 'validation');
  expect(await readFile(join(plain, 'results.json'), 'utf8')).not.toContain('"probe"');
  await measure(plain, '--one-class', 'normal', '--classes', '3', '--epochs', '1');
  const { oneClass } = JSON.parse(await readFile(join(plain, 'results.json'), 'utf8'));
  const page = await readFile(await writeReport(plain), 'utf8');
  expect(page).toContain('AUROC by squared error');
  expect(page).toContain(oneClass.tables[0].mean.squaredError.toPrecision(3));
  expect(await readFile(await writeReport(run), 'utf8')).toContain('linear probe');
}, 240_000);

test('results of an hourglass that knew no SSIM are read', async () => {
  const old = await trained(TINY, 'old');
  const file = join(old, 'results.json');
  const { similarity, ...rest } = JSON.parse(await readFile(file, 'utf8'));
  expect(similarity.model.ssim).toBeLessThanOrEqual(1);
  expect(similarity.pca.psnr).toBeGreaterThan(0);
  const page = async () => readFile(await writeReport(old), 'utf8');
  expect(await page()).toContain('SSIM');
  await writeFile(file, JSON.stringify(rest));
  expect(await page()).not.toContain('SSIM');
});

test.each<[string[], string]>([
  [['--probe', '--split', 'train'], '--probe: is fitted on the training images and needs others'],
  [['--images', '5'], '--images: is for --likelihood or --generation, neither of which was given'],
  [['--epochs', '5'], '--epochs: is for --one-class, which was not given'],
  [['--one-class', '--probe'], '--probe: measures this run, and --one-class trains others'],
  [['--one-class', '--classes', '1,,2'], '--classes: must be names or positions'],
  [['--one-class', 'all'], 'Allowed choices are normal, leave-one-out, both'],
])('evaluate %j is refused', async (flags, words) => {
  const { code, stdout, stderr } = await program(folder, ['evaluate', run, ...flags]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});

test('evaluate --one-class prints its tables', async () => {
  const { code, stdout, stderr } = await program(folder, ['evaluate', run, '--one-class', '--classes', '3']);
  expect([code, stderr]).toEqual([0, "model 1 of 2: '3' alone …\nmodel 2 of 2: all but '3' …\n"]);
  expect(stdout).toContain('leave-one-out: trained on all other classes; images of the class are anomalies');
  // Four scores of the error's map, that with the nearest code, and the negative ELBO.
  expect(stdout).toMatch(/\n3 +2 +18( +[01]\.\d{4}){6}\n/);
});
