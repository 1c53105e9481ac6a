/** A trained model put to use, through the public name and the program: one tiny denoiser, one tiny variational one. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  addNoise,
  anomaly,
  anomalyThreshold,
  denoise,
  falseAlarmsAbove,
  type HourglassError,
  interpolate,
  loadModel,
  type Model,
  manifold,
  measureStatistics,
  neighbours,
  openDataset,
  sample,
  train,
} from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeNpy, encodeNpy } from '../../src/codecs/npy.ts';
import { decodePng } from '../../src/codecs/png.ts';
import { PIXELS, run, TEST, TINY, temporaryFolder, writeData } from '../support/program.ts';

const DENOISER = { ...TINY, name: 'denoiser', corruption: { type: 'gaussian', sigma: 0.2 } };
const VAE = {
  ...TINY,
  name: 'tiny-vae',
  model: { ...TINY.model, code: { type: 'gaussian', units: 2 } },
  loss: { type: 'bce' },
};

let folder: string;
let dataDir: string;
let images: Uint8Array;
let denoiser: Model;
let vae: Model;
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(at('data'));
  const options = { dataDir, offline: true, threads: 1, tensorboard: 'none' } as const;
  for (const recipe of [DENOISER, VAE]) await train(recipe, { ...options, out: at(recipe.name) });
  images = (await openDataset('mnist', { dataDir, offline: true })).test.images;
  denoiser = await loadModel(at('denoiser'), { threads: 1 });
  vae = await loadModel(at('tiny-vae'), { threads: 1 });
}, 60_000);
afterAll(async () => {
  await denoiser?.dispose();
  await vae?.dispose();
  await rm(folder, { recursive: true, force: true });
});

const floats = (bytes: Uint8Array) => Float32Array.from(bytes, (byte) => byte / 255);
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (thrown: HourglassError) => thrown,
  );
  expect(error?.name).toBe('HourglassError');
  return error!.message;
}

describe('statistics of a model', () => {
  test('travel with the folder model/, and say what they were measured on', async () => {
    await cp(at('denoiser', 'model'), at('taken'), { recursive: true });
    const model = await loadModel(at('taken'), { threads: 1 });
    try {
      expect(model.statistics).toEqual(denoiser.statistics);
      expect(model.statistics).toMatchObject({
        recipe: 'denoiser',
        codeUnits: 4,
        scores: { split: 'validation', images: 5 },
        codes: { split: 'train', images: 55 },
      });
      expect(await model.reconstruct(images)).toEqual(await denoiser.reconstruct(images));
    } finally {
      await model.dispose();
    }
  });

  test('are those of the codes and the scores', async () => {
    const { train: all } = await openDataset('mnist', { dataDir, offline: true });
    // Training and validation images together are all of them: their codes reach as far or further.
    const { data } = await denoiser.encode(all.images);
    const { codes, scores } = denoiser.statistics!;
    for (let unit = 0; unit < 4; unit++) {
      const values = Array.from({ length: all.count }, (_, i) => data[4 * i + unit]!);
      expect(codes.min[unit]!).toBeGreaterThanOrEqual(Math.min(...values) - 1e-5);
      expect(codes.max[unit]!).toBeLessThanOrEqual(Math.max(...values) + 1e-5);
      expect(codes.covariance![unit]![unit]!).toBeCloseTo(codes.std[unit]! ** 2, 5);
      const off = Math.abs(codes.mean[unit]! - meanOf(values));
      expect(off).toBeLessThan(0.5 * codes.std[unit]! + 1e-6);
    }
    const own = [...(await anomaly(denoiser, all.images, { threshold: 0 })).scores];
    for (const quantile of [scores.quantiles[0]!, scores.quantiles[500]!, scores.quantiles[1000]!]) {
      // Of five held-out images the least, the middle and the greatest score are images' own.
      expect(Math.min(...own.map((score) => Math.abs(score / quantile - 1)))).toBeLessThan(1e-5);
    }
  });

  test('are measured anew for a run that has none', async () => {
    await cp(at('denoiser'), at('older'), { recursive: true });
    await rm(at('older', 'model', 'statistics.json'));
    const before = await loadModel(at('older'), { threads: 1 });
    expect(before.statistics).toBeNull();
    expect(await refusal(anomaly(before, images))).toContain('statistics.json');
    await before.dispose();
    expect(await measureStatistics(at('older'))).toEqual(denoiser.statistics);
    expect(await readFile(at('older/model/statistics.json'), 'utf8')).toBe(
      await readFile(at('denoiser/model/statistics.json'), 'utf8'),
    );
  });
});

describe('denoise', () => {
  test('reconstructs what it is given, and adds no noise of its own', async () => {
    expect(await denoise(denoiser, images)).toEqual(await denoiser.reconstruct(images));
  });

  test('noise is added where asked: of the training’s spread, the same in pieces', async () => {
    const grey = new Float32Array(TEST * PIXELS).fill(0.5);
    const noisy = await addNoise(denoiser, grey, { seed: 3 });
    const squares = Array.from(noisy.data, (value) => (value - 0.5) ** 2);
    expect(Math.sqrt(meanOf(squares))).toBeGreaterThan(0.17);
    expect(Math.sqrt(meanOf(squares))).toBeLessThan(0.22);
    const piece = await addNoise(denoiser, grey.subarray(5 * PIXELS), { seed: 3, firstRow: 5 });
    expect(piece.data).toEqual(noisy.data.slice(5 * PIXELS));
  });

  test('is refused where the model saw clean images only', async () => {
    expect(await refusal(denoise(vae, images))).toContain('tiny-vae was trained on clean images');
  });
});

describe('anomaly', () => {
  test('scores are mean squared errors, masks absolute ones, and flags are above the threshold', async () => {
    const { data } = await denoiser.reconstruct(images);
    const x = floats(images);
    const found = await anomaly(denoiser, images, { quantile: 0.5 });
    expect(found.threshold).toBe(anomalyThreshold(denoiser, 0.5));
    for (let n = 0; n < TEST; n++) {
      const squares = Array.from(
        { length: PIXELS },
        (_, i) => (x[n * PIXELS + i]! - data[n * PIXELS + i]!) ** 2,
      );
      expect(found.scores[n]).toBeCloseTo(meanOf(squares), 6);
      expect(found.flagged[n]).toBe(found.scores[n]! > found.threshold);
    }
    expect(found.masks.shape).toEqual([TEST, 1, 6, 6]);
    expect(found.masks.data[7]).toBe(Math.abs(x[7]! - data[7]!));
    expect(found.reconstructions.data).toEqual(data);
  });

  test('a higher quantile flags less, an image that is no bar more', async () => {
    const [low, high] = [anomalyThreshold(denoiser, 0.1), anomalyThreshold(denoiser)];
    expect(low).toBeLessThan(high);
    const odd = Uint8Array.from({ length: PIXELS }, (_, i) => (i % 2 === 0 ? 255 : 0));
    expect((await anomaly(denoiser, odd)).flagged).toEqual([true]);
  });

  test('a rate of false alarms sets the threshold, and how sure a threshold is, is known', async () => {
    const held = denoiser.statistics!.scores.images;
    // The place in order of the score is the next above (n + 1)(1 − rate).
    const place = (Math.ceil((held + 1) * 0.4) - 1) / (held - 1);
    // The next of the quantiles that are kept, at 0, 0.001, …, 1.
    const level = Math.ceil(1000 * place);
    const found = await anomaly(denoiser, images, { falseAlarms: 0.6 });
    expect(found.threshold).toBeCloseTo(denoiser.statistics!.scores.quantiles[level]!, 12);
    const alarms = falseAlarmsAbove(denoiser, found.threshold)!;
    expect(alarms.samples).toBe(held);
    expect(alarms.rate).toBeLessThanOrEqual(0.6);
    expect(alarms.low).toBeLessThan(alarms.rate);
    expect(alarms.high).toBeGreaterThan(alarms.rate);
    expect(falseAlarmsAbove(denoiser, 1e9)).toMatchObject({ rate: 0, low: 0 });
    expect(falseAlarmsAbove(denoiser, 0)).toMatchObject({ rate: 1, high: 1 });
    expect(await refusal(anomaly(denoiser, images, { falseAlarms: 1e-6 }))).toMatch(
      /rate of false alarms: must be at least .* held-out samples tell no rarer ones/,
    );
    expect(await refusal(anomaly(denoiser, images, { falseAlarms: 0.1, quantile: 0.9 }))).toMatch(
      /must be given without a quantile/,
    );
  });

  test.each([{ quantile: 1.2 }, { quantile: Number.NaN }, { threshold: -1 }])(
    'refuses %o',
    async (options) => {
      expect(await refusal(anomaly(denoiser, images, options))).toMatch(/must be/);
    },
  );
});

describe('sample', () => {
  test('draws from the prior, the same for a seed, and in pieces too', async () => {
    const drawn = await sample(vae, 2000, 5);
    expect(drawn).toMatchObject({ from: 'prior', note: 'codes drawn from the prior N(0, I)' });
    const codes = [...drawn.codes.data];
    expect(meanOf(codes)).toBeCloseTo(0, 1);
    expect(meanOf(codes.map((z) => z * z))).toBeCloseTo(1, 1);
    expect(drawn.images.data).toEqual((await vae.decode(drawn.codes.data)).data);
    const rest = await sample(vae, 1500, 5, { first: 500 });
    expect(rest.codes.data).toEqual(drawn.codes.data.slice(1000));
    expect((await sample(vae, 3, 6)).codes.data).not.toEqual(drawn.codes.data.slice(0, 6));
  });

  test('of other families: a Gaussian with the codes’ mean and covariance, and it says so', async () => {
    const { codes, note, from } = await sample(denoiser, 20_000, 1);
    expect(from).toBe('codes');
    expect(note).toContain('fitted to 55 training codes (mean and covariance), not from a prior');
    const { mean, std, covariance } = denoiser.statistics!.codes;
    const units = mean.map((m, k) => Array.from({ length: 20_000 }, (_, i) => codes.data[4 * i + k]! - m));
    for (let i = 0; i < 4; i++) {
      expect(Math.abs(meanOf(units[i]!))).toBeLessThan(0.05 * std[i]!);
      for (let j = 0; j <= i; j++) {
        const product = meanOf(units[i]!.map((value, n) => value * units[j]![n]!));
        expect(Math.abs(product - covariance![i]![j]!)).toBeLessThan(0.05 * std[i]! * std[j]!);
      }
    }
  });

  test('there is no prior where there is none', async () => {
    expect(await refusal(sample(denoiser, 1, 1, { from: 'prior' }))).toContain('no prior');
    expect(await refusal(sample(vae, 0))).toContain('1 or more');
  });
});

describe('interpolate', () => {
  test('is linear from end to end', async () => {
    const { data } = await denoiser.encode(images.subarray(0, 2 * PIXELS));
    const [a, b] = [data.slice(0, 4), data.slice(4)];
    const { codes, images: drawn } = await interpolate(denoiser, a, b, 5);
    expect(codes.shape).toEqual([1, 5, 4]);
    expect(drawn.shape).toEqual([1, 5, 1, 6, 6]);
    expect(codes.data.slice(0, 4)).toEqual(a);
    expect(codes.data.slice(16)).toEqual(b);
    for (let i = 0; i < 4; i++) expect(codes.data[8 + i]).toBeCloseTo((a[i]! + b[i]!) / 2, 5);
  });

  test('spherically it keeps the length', async () => {
    const { codes } = await interpolate(vae, Float32Array.of(2, 0), Float32Array.of(0, 2), 5, {
      method: 'spherical',
    });
    for (let step = 0; step < 5; step++) {
      const [x, y] = [codes.data[2 * step]!, codes.data[2 * step + 1]!];
      expect(Math.atan2(y, x)).toBeCloseTo((step * Math.PI) / 8, 5);
      expect(Math.hypot(x, y)).toBeCloseTo(2, 5);
    }
    // No great circle is the shortest between opposite ends: a straight line.
    const across = await interpolate(vae, Float32Array.of(1, 0), Float32Array.of(-1, 0), 3, {
      method: 'spherical',
    });
    expect([...across.codes.data]).toEqual([1, 0, 0, 0, -1, 0]);
  });

  test('refuses a sphere where there is none, and ends that do not match', async () => {
    const a = new Float32Array(4);
    expect(await refusal(interpolate(denoiser, a, a, 3, { method: 'spherical' }))).toContain(
      'Gaussian codes',
    );
    expect(await refusal(interpolate(denoiser, a, new Float32Array(8), 3))).toContain(
      'as many on both sides',
    );
  });
});

describe('manifold', () => {
  test('of two Gaussian units is a grid of the prior’s quantiles', async () => {
    const plane = await manifold(vae, 3);
    expect(plane.images.shape).toEqual([3, 3, 1, 6, 6]);
    for (const [i, z] of [-2.3263, 0, 2.3263].entries()) {
      expect(plane.x[i]).toBeCloseTo(z, 3);
      expect(plane.y[2 - i]).toBeCloseTo(z, 3);
    }
    // The first row has the greatest second unit.
    expect([...plane.codes.data.slice(0, 2)]).toEqual([Math.fround(plane.x[0]!), Math.fround(plane.y[0]!)]);
    expect(plane.images.data).toEqual((await vae.decode(plane.codes.data)).data);
  });

  test('of other codes goes over two units, the others at their mean', async () => {
    const { mean, min, max } = denoiser.statistics!.codes;
    const plane = await manifold(denoiser, 4, { units: [3, 1] });
    expect(plane.codes.shape).toEqual([4, 4, 4]);
    for (let i = 0; i < 16; i++) {
      const code = plane.codes.data.slice(4 * i, 4 * i + 4);
      expect([code[0], code[2]]).toEqual([Math.fround(mean[0]!), Math.fround(mean[2]!)]);
      expect(code[3]).toBe(Math.fround(plane.x[i % 4]!));
      expect(code[1]).toBe(Math.fround(plane.y[Math.floor(i / 4)]!));
    }
    expect(plane.x[0]).toBeGreaterThanOrEqual(min[3]!);
    expect(plane.x[3]).toBeLessThanOrEqual(max[3]!);
    expect(plane.note).toContain('mean ± 2.5 std');
  });

  test.each([[[0, 0]], [[0, 4]], [[1.5, 0]]])('refuses units %o', async (units) => {
    expect(await refusal(manifold(denoiser, 3, { units: units as [number, number] }))).toContain(
      'two of the code',
    );
  });
});

describe('neighbours', () => {
  test.each(['euclidean', 'cosine'] as const)(
    'are the nearest by %s distance, found in pieces',
    async (metric) => {
      const { data } = await denoiser.encode(images);
      const code = (n: number) => [...data.slice(4 * n, 4 * n + 4)];
      const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const distance = (a: number[], b: number[]) =>
        metric === 'cosine'
          ? 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
          : Math.hypot(...a.map((value, i) => value - b[i]!));
      const pieces = [images.subarray(0, 7 * PIXELS), images.subarray(7 * PIXELS)];
      const found = await neighbours(denoiser, images.subarray(0, 3 * PIXELS), pieces, 4, { metric });
      expect(found.references).toBe(TEST);
      for (let q = 0; q < 3; q++) {
        const all = Array.from({ length: TEST }, (_, n) => distance(code(q), code(n)));
        const sorted = [...all].sort((a, b) => a - b).slice(0, 4);
        for (const [i, value] of sorted.entries()) {
          expect(found.distances[q]![i]).toBeCloseTo(value, 5);
          expect(all[found.places[q]![i]!]).toBeCloseTo(value, 5);
        }
        expect(found.places[q]![0]).toBe(q);
      }
    },
  );

  test('must be among enough', async () => {
    const two = images.subarray(0, 2 * PIXELS);
    expect(await refusal(neighbours(denoiser, two, two, 3))).toContain('must be 3 or more');
  });
});

/** The program on the small data; standard output where it succeeds. */
async function hourglass(
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return run(folder, args, { HOURGLASS_DATA: dataDir });
}

async function done(...args: string[]) {
  const ended = await hourglass(...args);
  expect(ended.stderr).not.toContain('hourglass:');
  expect(ended.code).toBe(0);
  return ended;
}

const npyOf = async (file: string) => {
  const { shape, data } = decodeNpy(await readFile(at(file)), file);
  return { shape, data: data as Float32Array };
};
const rowsOf = (csv: string) =>
  csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));

describe('the program', () => {
  test('encodes and decodes through NPY and CSV, to the model’s own numbers', async () => {
    const { data: codes } = await denoiser.encode(images);
    await done('encode', 'denoiser', 'mnist:test', '--out', 'codes.npy');
    expect(await npyOf('codes.npy')).toEqual({ shape: [TEST, 4], data: codes });
    const { stdout } = await done('encode', 'denoiser', 'mnist:test', '--batch', '7');
    const [heading, ...rows] = rowsOf(stdout);
    expect(heading).toEqual(['name', 'class', 'z1', 'z2', 'z3', 'z4']);
    expect(rows[3]!.slice(0, 2)).toEqual(['mnist:test[3]', '3']);
    expect(Float32Array.from(rows.flatMap((row) => row.slice(2).map(Number)))).toEqual(codes);
    await writeFile(at('codes.csv'), stdout);
    await done('decode', 'denoiser', 'codes.csv', '--out', 'decoded.npy', '--batch', '6');
    const decoded = await denoiser.decode(codes);
    expect(await npyOf('decoded.npy')).toEqual({ shape: [TEST, 1, 6, 6], data: decoded.data });
    await done('decode', 'denoiser', 'codes.npy', '--limit', '2', '--out', 'two.jsonl');
    const lines = (await readFile(at('two.jsonl'), 'utf8')).trim().split('\n');
    const pixels = lines.flatMap((line) => (JSON.parse(line) as { pixels: number[] }).pixels);
    expect(Float32Array.from(pixels)).toEqual(decoded.data.slice(0, 2 * PIXELS));
  });

  test('NPY files are read by NumPy', async ({ skip }) => {
    const python = process.env.HOURGLASS_PYTHON;
    if (!python) skip('HOURGLASS_PYTHON names no Python');
    const { stdout } = await promisify(execFile)(python!, [
      '-c',
      'import sys, numpy; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, repr(float(a[3, 2])))',
      at('codes.npy'),
    ]);
    const { data } = await denoiser.encode(images);
    expect(stdout.trim()).toBe(`(20, 4) float32 ${data[14]}`);
  });

  test('writes a PNG an image, and never over what is there unless told so', async () => {
    await mkdir(at('own'));
    await done('reconstruct', 'denoiser', 'mnist:test', '--limit', '3', '--out', 'pictures');
    const names = (await readdir(at('pictures'))).sort();
    expect(names).toEqual(['000001-mnist-test-0.png', '000002-mnist-test-1.png', '000003-mnist-test-2.png']);
    const { data } = await denoiser.reconstruct(images.slice(0, PIXELS));
    const png = decodePng(await readFile(at('pictures', names[0]!)), 'a');
    expect(png).toMatchObject({ width: 6, height: 6, channels: 1 });
    expect([...png.data]).toEqual([...data].map((value) => Math.round(255 * value)));
    const again = await hourglass('reconstruct', 'denoiser', 'mnist:test', '--out', 'pictures');
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/pictures: is not empty.*--force/);
    expect((await readdir(at('pictures'))).length).toBe(3);
    // A folder of pictures goes in again; a bad one is passed over where asked.
    await writeFile(at('pictures', 'bad.png'), 'no picture');
    const stopped = await hourglass('encode', 'denoiser', 'pictures', '--out', 'some.csv');
    expect([stopped.code, await readdir(folder)]).toEqual([3, expect.not.arrayContaining(['some.csv'])]);
    const skipped = await done('encode', 'denoiser', 'pictures', '--on-bad', 'skip', '--out', 'some.csv');
    expect(skipped.stderr).toMatch(/skipped: .*bad\.png/);
    expect(rowsOf(await readFile(at('some.csv'), 'utf8'))).toHaveLength(4);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('anomaly leaves scores, a histogram, masks and overlays', async () => {
    const { stdout } = await done(
      ...[
        'anomaly',
        'denoiser/model',
        'mnist:test',
        '--quantile',
        '0.5',
        '--worst',
        '2',
        '--out',
        'odd',
        '--json',
      ],
    );
    const summary = JSON.parse(stdout) as { threshold: number; flagged: number; images: number };
    const { scores, threshold, flagged } = await anomaly(denoiser, images, { quantile: 0.5 });
    expect(summary).toMatchObject({ threshold, images: TEST, flagged: flagged.filter(Boolean).length });
    const rows = rowsOf(await readFile(at('odd/scores.csv'), 'utf8')).slice(1);
    expect(rows.map((row) => Number(row[2]))).toEqual(
      [...scores].map((score) => Number(score.toPrecision(9))),
    );
    expect(rows.map((row) => row[3])).toEqual(flagged.map(String));
    const worst = scores.indexOf(Math.max(...scores));
    expect((await readdir(at('odd/masks'))).sort()[0]).toBe(`000001-mnist-test-${worst}.png`);
    expect(await readdir(at('odd/overlays'))).toHaveLength(2);
    for (const name of ['histogram.png', 'worst.png']) {
      expect(decodePng(await readFile(at('odd', name)), name).width).toBeGreaterThan(500);
    }
    const rare = await done(
      'anomaly',
      'denoiser',
      'mnist:test',
      '--false-alarms',
      '0.2',
      '--out',
      'rare.csv',
    );
    // The interval of Clopper and Pearson: 1 − 0.025 ** (1 / 5).
    expect(rare.stderr).toContain(
      'none of the 5 held-out images is above the threshold: at most 52 % of similar images are flagged without cause, with 95 % confidence',
    );
    const text = await done('anomaly', 'denoiser', 'mnist:test', '--threshold', '0.01', '--limit', '1');
    expect(rowsOf(text.stdout)[1]![3]).toBe(String(scores[0]! > 0.01));
  });

  test('draws samples, walks, planes and neighbours', async () => {
    await done('sample', 'tiny-vae', '--count', '70', '--batch', '32', '--seed', '4', '--out', 'samples.npy');
    const drawn = await sample(vae, 70, 4);
    expect((await npyOf('samples.npy')).data).toEqual(drawn.images.data);
    await writeFile(at('ends.npy'), encodeNpy({ shape: [3, 2], data: Float32Array.of(0, 1, 1, 0, 0, -1) }));
    await done(...['interpolate', 'tiny-vae', '--codes', 'ends.npy', '--steps', '4', '--out', 'walks.npy']);
    const walk = await interpolate(vae, Float32Array.of(0, 1, 1, 0), Float32Array.of(1, 0, 0, -1), 4);
    expect(await npyOf('walks.npy')).toEqual({ shape: [8, 1, 6, 6], data: walk.images.data });
    const sheet = ['interpolate', 'denoiser', 'mnist:test', '--limit', '3', '--steps', '4'];
    const walks = await done(...sheet, '--out', 'walks.png');
    expect(walks.stderr).toContain('a sheet of 2 walks');
    // A row for each walk: the image it begins with, the steps, and at the end the last image.
    const picture = decodePng(await readFile(at('walks.png')), 'walks.png');
    expect(picture.width / picture.height).toBeGreaterThan(1.5);
    await done('manifold', 'denoiser', '--size', '3', '--units', '4,2', '--out', 'plane.npy');
    const plane = await manifold(denoiser, 3, { units: [3, 1] });
    const told = await done(
      'manifold',
      'denoiser',
      '--size',
      '3',
      '--units',
      '4,2',
      '--out',
      'a.npy',
      '--json',
    );
    // People count units from 1, JSON from 0.
    expect(JSON.parse(told.stdout)).toMatchObject({ units: [3, 1] });
    expect((await npyOf('plane.npy')).data).toEqual(plane.images.data);
    const { stdout } = await done(
      ...['neighbours', 'denoiser', 'mnist:test', '--limit', '2', '--references', 'mnist:test', '-k', '3'],
    );
    const near = await neighbours(denoiser, images.slice(0, 2 * PIXELS), images, 3);
    const rows = rowsOf(stdout).slice(1);
    expect(rows.map((row) => Number(row[3]))).toEqual(near.places.flat());
    expect(rows.map((row) => row[2])).toEqual(near.places.flat().map((place) => `mnist:test[${place}]`));
  });

  test.each<[string, number, string]>([
    ['encode denoiser mnist:test --threads 9999', 2, 'threads: must be a whole number from 1 to 256'],
    ['encode denoiser mnist:test --batch 5000', 2, 'It must be at most 4,096.'],
    ['encode denoiser nowhere', 3, 'nowhere: must be an existing file or folder, a pattern'],
    ['encode nowhere mnist:test', 4, 'must be the folder of a run'],
    ['anomaly denoiser mnist:test --threshold -1', 2, 'It must be a number, 0 or more.'],
    [
      'manifold denoiser --units 3,5 --out plane.png',
      2,
      'must be two of the 4 that the code of denoiser has, counted from 1, got 3,5',
    ],
    ['decode denoiser data --out codes', 3, 'data: must be a file, got a folder'],
  ])('%s: a line, and its exit code', async (line, code, words) => {
    const ended = await hourglass(...line.split(' '));
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(/^hourglass: .*\n$/);
    expect(ended.stderr).toContain(words);
  });

  test('draws each kind of picture', async () => {
    for (const args of [
      ['reconstruct', 'denoiser', 'mnist:test', '--out', 'a.png'],
      ['manifold', 'tiny-vae', '--size', '4', '--out', 'b.png'],
      ['neighbours', 'denoiser', 'mnist:test', '--limit', '2', '-k', '2', '--out', 'c.png'],
    ]) {
      await done(...args);
      expect(decodePng(await readFile(at(args.at(-1)!)), 'picture').width).toBeGreaterThan(200);
    }
    // Of one image, that image.
    await done('decode', 'tiny-vae', 'ends.npy', '--limit', '1', '--out', 'one.png');
    expect(decodePng(await readFile(at('one.png')), 'one')).toMatchObject({ width: 6, height: 6 });
  });

  test.each<[string[], number, RegExp]>([
    [['encode', 'denoiser', 'nowhere/'], 3, /nowhere/],
    [['denoise', 'tiny-vae', 'mnist:test'], 2, /trained on clean images/],
    [['interpolate', 'denoiser', 'mnist:test', '--limit', '1'], 2, /two images/],
    [['interpolate', 'denoiser'], 2, /images to walk between, or --codes/],
    [['anomaly', 'denoiser', 'mnist:test', '--quantile', '2'], 2, /from 0 to 1/],
  ])('refuses %j', async (args, code, words) => {
    const ended = await hourglass(...args);
    expect(ended.stderr).toMatch(words);
    expect(ended.code).toBe(code);
    // The few images of this test teach a model nothing, which is said before it is used.
    const lines = ended.stderr.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('warning: '))).toHaveLength(1);
  });
});
