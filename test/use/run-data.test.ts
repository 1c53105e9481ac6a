/** Every use of a run goes to the folder that the run recorded, and works with the classes that are there. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anomaly, evaluateOneClass, loadModel, openDataset, probeRun, serve, train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePng, encodePng } from '../../src/codecs/png.ts';
import { run as program, TINY, temporaryFolder } from '../support/program.ts';

/** Stripes on black, along the rows or the columns; 8 × 6, grey. */
async function writeStripes(folder: string, counts: Readonly<Record<string, number>>, across = false) {
  for (const [name, count] of Object.entries(counts)) {
    await mkdir(join(folder, name), { recursive: true });
    const base = name.length;
    for (let i = 0; i < count; i++) {
      const data = new Uint8Array(48);
      for (let y = 0; y < 6; y++)
        for (let x = 0; x < 8; x++) {
          const along = across ? x : y;
          data[y * 8 + x] = (along + base + i) % 3 === 0 ? 150 + ((i * 13) % 100) : 0;
        }
      await writeFile(
        join(folder, name, `part ${i}.png`),
        encodePng({ width: 8, height: 6, channels: 1, data }),
      );
    }
  }
}

let folder: string;
let parts: string;
let elsewhere: string;
let run: string;

const trained = async (data: string, name: string) => {
  const out = join(folder, 'runs', name);
  const result = await train(TINY, { data, out, threads: 1, epochs: 1, tensorboard: 'none' });
  return result.folder;
};

beforeAll(async () => {
  folder = await temporaryFolder();
  parts = join(folder, 'here', 'parts');
  await writeStripes(parts, { round: 14, flat: 14, rare: 1 });
  run = await trained(parts, 'parts');
  // Another folder of the same name, with other images, in what will be the current folder.
  elsewhere = join(folder, 'there');
  await writeStripes(join(elsewhere, 'parts'), { round: 14, flat: 14, rare: 1 }, true);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const manifestOf = async (at: string) => JSON.parse(await readFile(join(at, 'run.json'), 'utf8'));

test('models of single classes learn from the recorded folder, not from one of its name', async () => {
  const args = ['evaluate', run, '--one-class', 'normal', '--epochs', '1'];
  const { code, stdout, stderr } = await program(elsewhere, args);
  expect([code, stderr]).toEqual([0, "model 1 of 2: 'flat' alone …\nmodel 2 of 2: 'round' alone …\n"]);
  expect(stdout).toContain("'rare' alone: it would learn from 1 image, and needs 2");
  const { dataset } = await manifestOf(run);
  const single = await manifestOf(join(run, 'one-class', 'normal-2-round'));
  expect(single.dataset).toMatchObject({ folder: parts, preprocessing: dataset.preprocessing });
  expect(single.config.data).toMatchObject({ set: parts, classes: [2], size: [6, 8], channels: 1 });
});

test('a recipe that was fitted to the images of a run is fitted anew to those of each class', async () => {
  const adapting = { ...TINY, adapt: true, training: { ...TINY.training, epochs: 2 } };
  // Stopped at once: its images make 3 steps an epoch, those of a class 1.
  const early = new AbortController();
  const { folder: whole } = await train(adapting, {
    data: parts,
    out: join(folder, 'runs', 'adapted'),
    threads: 1,
    tensorboard: 'none',
    set: { 'model.code.units': 3 },
    signal: early.signal,
    onEvent: ({ type }) => type === 'start' && early.abort(),
  });
  const stop = new AbortController();
  const seen = evaluateOneClass(whole, {
    setups: ['normal'],
    classes: ['round'],
    signal: stop.signal,
    onProgress: ({ epoch }) => epoch > 0 && stop.abort(),
  });
  await expect(seen).rejects.toThrow('was stopped');
  const [all, single] = [
    await manifestOf(whole),
    await manifestOf(join(whole, 'one-class', 'normal-2-round')),
  ];
  const steps = ({ config, dataset }: typeof all) =>
    config.training.epochs * Math.ceil(dataset.counts.train / config.training.batchSize);
  expect(single.dataset.counts.train).toBeLessThan(all.dataset.counts.train / 2);
  expect([steps(all), steps(single)]).toEqual([2001, 2000]);
  expect(single.config.model.code.units).toBe(3);
  expect(single.adaptedFrom).toMatchObject({ config: { adapt: true, training: { epochs: 2 } } });
}, 60_000);

test('models of single classes are not trained where a class that was asked for is too small', async () => {
  const seen: string[] = [];
  const refused = evaluateOneClass(run, {
    classes: ['round', 'rare'],
    out: join(folder, 'none'),
    onProgress: ({ class: name }) => seen.push(name),
  });
  await expect(refused).rejects.toThrow(
    /parts: has classes with too few images .* got rare: 1 training, 0 test; add images/,
  );
  expect(seen).toEqual([]);
});

test('a folder that is gone or changed is refused, whatever lies in the current folder', async () => {
  const changed = join(folder, 'changed');
  await cp(join(elsewhere, 'parts'), changed, { recursive: true });
  const commands = [
    ['evaluate', run],
    ['evaluate', run, '--one-class'],
    ['pictures', run],
  ];
  for (const command of commands) {
    const { code, stderr } = await program(elsewhere, [...command, '--data-dir', changed]);
    expect(code, command.join(' ')).toBe(4);
    expect(stderr).toContain('was trained on other images');
    expect(stderr).toContain('--data-dir');
  }
}, 60_000);

test('a test image that was changed is noticed, though the training images are the same', async () => {
  const edited = join(folder, 'edited');
  await cp(parts, edited, { recursive: true });
  const { test: held } = await openDataset(parts);
  const file = join(edited, held.names![0]!);
  const { data, ...shape } = decodePng(await readFile(file), file);
  await writeFile(file, encodePng({ ...shape, data: data.map((value) => 255 - value) }));
  const { code, stderr } = await program(folder, ['evaluate', run, '--data-dir', edited]);
  expect(code).toBe(4);
  expect(stderr).toContain('belongs to other test images than those of edited');
  // Runs of 0.1.0 recorded the training images alone.
  const older = join(folder, 'runs', 'older');
  await cp(run, older, { recursive: true });
  const manifest = await manifestOf(older);
  delete manifest.dataset.heldOut;
  await writeFile(join(older, 'run.json'), JSON.stringify(manifest));
  expect((await program(folder, ['evaluate', older, '--data-dir', edited])).code).toBe(0);
});

test('a class with one image is left out of what codes keep, and said so', async () => {
  const probed = await probeRun(run);
  expect(probed.leftOut).toEqual([{ class: 'rare', training: 1, heldOut: 0 }]);
  expect(probed.codes.accuracy).toBeGreaterThanOrEqual(0);
  expect(probed.clusters.codes.clusters).toBeLessThanOrEqual(2);
  const { code, stdout } = await program(folder, ['evaluate', run, '--probe']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("left out: class 'rare', with 1 training and 0 test images"),
  ]);
});

test('a run on good images alone is scored against each kind of defect, and all', async () => {
  const made = join(folder, 'inspected');
  await writeStripes(join(made, 'train'), { good: 12 });
  await writeStripes(join(made, 'test'), { good: 4, scratch: 3, 'deep dent': 2 });
  const inspected = await trained(made, 'inspected');
  const { tables, leftOut } = await evaluateOneClass(inspected, { out: join(folder, 'judged') });
  expect(leftOut).toEqual([]);
  expect(tables.map(({ setup }) => setup)).toEqual(['as trained']);
  expect(tables[0]!.rows.map((row) => [row.class, row.normal, row.anomalous])).toEqual([
    [null, 4, 5],
    ['deep dent', 4, 2],
    ['scratch', 4, 3],
  ]);
  await expect(probeRun(inspected)).rejects.toThrow('needs images of at least two classes in the training');
}, 60_000);

test('the images whose codes are nearest are looked for in the recorded folder', async () => {
  const query = join(parts, 'round', 'part 0.png');
  const args = ['neighbours', run, query, '-k', '3', '--out', join(folder, 'near.csv')];
  const { code, stderr } = await program(elsewhere, args);
  expect(code, stderr).toBe(0);
  const rows = (await readFile(join(folder, 'near.csv'), 'utf8')).trim().split('\n').slice(1);
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(row).toContain(`${parts}/`);
});

test('the service searches the test images of the recorded folder', async () => {
  const service = await serve({ parts: run }, { port: 0 });
  try {
    expect(service.models[0]!.references).toMatch(/^the first \d test images of parts$/);
  } finally {
    await service.close();
  }
});

test('anomalies by each kind of score: their threshold, and what it is worth', async () => {
  const out = join(folder, 'odd');
  const args = ['anomaly', run, join(parts, 'flat'), '--score', 'top1%', '--worst', '2', '--out', out];
  const { code, stderr } = await program(folder, args);
  expect([code, stderr]).toEqual([0, expect.stringContaining('they resolve quantiles up to')]);
  const record = JSON.parse(await readFile(join(out, 'anomaly.json'), 'utf8'));
  expect(record).toMatchObject({
    score: 'top1%',
    quantile: 0.99,
    images: 14,
    heldOut: { split: 'validation' },
    overlays: { of: 'the map of top1%', opacity: 0.6 },
  });
  const statistics = JSON.parse(await readFile(join(run, 'model', 'statistics.json'), 'utf8'));
  expect(record.threshold).toBeLessThanOrEqual(statistics.scores.others['top1%'].quantiles.at(-1));
  const model = await loadModel(run, { threads: 1 });
  try {
    // One pixel of 48 is the largest 1 %.
    const images = new Uint8Array(48).fill(90);
    const [top, max] = [
      await anomaly(model, images, { score: 'top1%' }),
      await anomaly(model, images, { score: 'max' }),
    ];
    expect([...top.scores]).toEqual([...max.scores]);
    const greatest = max.masks.data.reduce((a, b) => Math.max(a, b), 0) ** 2;
    expect(max.scores[0]).toBeCloseTo(greatest, 6);
    expect(max.maps).toBeUndefined();
    const { maps } = await anomaly(model, images, { score: 'max', maps: true });
    expect(maps!.shape).toEqual([1, 6, 8]);
    expect(maps!.data.reduce((a, b) => Math.max(a, b), 0)).toBeCloseTo(max.scores[0]!, 6);
    await expect(anomaly(model, images, { score: 'median' as 'max' })).rejects.toThrow(
      'score: must be mean, max, top1%, smoothed-max, ssim, ssim-top1%, ssim-max, got median',
    );
  } finally {
    await model.dispose();
  }
});

test('statistics of an older hourglass have the mean alone; other scores are measured when they are asked for', async () => {
  const old = join(folder, 'runs', 'old');
  await cp(run, old, { recursive: true });
  const file = join(old, 'model', 'statistics.json');
  const statistics = JSON.parse(await readFile(file, 'utf8'));
  const { others, ...scores } = statistics.scores;
  await writeFile(file, JSON.stringify({ ...statistics, scores }));
  const ask = (score: string) =>
    program(folder, ['anomaly', old, parts, '--score', score, '--format', 'csv']);
  const mean = await ask('mean');
  expect([mean.code, mean.stderr.includes('measuring')]).toEqual([0, false]);
  const largest = await ask('max');
  expect([largest.code, largest.stderr]).toEqual([0, expect.stringContaining('measuring')]);
  expect(JSON.parse(await readFile(file, 'utf8')).scores.others).toEqual(others);
  // So are those that were defined otherwise then.
  const before = { ...others, 'ssim-max': { ...others['ssim-max'], definition: 'otherwise' } };
  await writeFile(file, JSON.stringify({ ...statistics, scores: { ...scores, others: before } }));
  const structure = await ask('ssim-max');
  expect([structure.code, structure.stderr]).toEqual([0, expect.stringContaining('measuring')]);
  expect(JSON.parse(await readFile(file, 'utf8')).scores.others).toEqual(others);
});

test('images without classes are shown ten at a time; a strip keeps its height', async () => {
  const loose = join(folder, 'loose');
  await mkdir(loose);
  for (let i = 0; i < 80; i++) {
    const data = Uint8Array.from({ length: 40 * 1000 }, (_, at) => (at * (i + 3)) % 251);
    await writeFile(join(loose, `${i}.png`), encodePng({ width: 1000, height: 40, channels: 1, data }));
  }
  const out = join(folder, 'runs', 'loose');
  const result = await train(TINY, { data: loose, out, threads: 1, epochs: 1, tensorboard: 'none' });
  if (result.status !== 'finished') throw new Error('it stopped');
  expect(result.examples!.captions).toHaveLength(10);
  expect(result.examples).toMatchObject({ height: 16, width: 128 });
  const svg = await readFile(join(out, 'pictures', 'reconstructions.svg'), 'utf8');
  expect(svg).toContain('the first 10 images');
  const anomalies = await readFile(join(out, 'pictures', 'anomalies.svg'), 'utf8');
  expect(anomalies).toMatch(/>\d+\.png</);
  const odd = join(folder, 'odd-strips');
  const { code, stderr } = await program(folder, [
    'anomaly',
    out,
    loose,
    '--limit',
    '3',
    '--worst',
    '1',
    '--out',
    odd,
  ]);
  expect(code, stderr).toBe(0);
  for (const kind of ['masks', 'overlays']) {
    const [name] = await readdir(join(odd, kind));
    const bytes = await readFile(join(odd, kind, name!));
    expect(decodePng(bytes, name!)).toMatchObject({ width: 1000, height: 40 });
  }
}, 60_000);

test("the report shows a recipe's reference for the digits it is about alone", async () => {
  const out = join(folder, 'runs', 'referenced');
  const reference = 'MSE 0.01 on MNIST';
  await train({ ...TINY, reference }, { data: parts, out, threads: 1, epochs: 1, tensorboard: 'none' });
  expect(await readFile(join(out, 'report.html'), 'utf8')).not.toContain('The reference');
  expect(await readFile(join(out, 'summary.md'), 'utf8')).not.toContain('Reference:');
}, 60_000);
