/** Training on a folder of one's own pictures, in colour, and all that is done with such a run. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  evaluateRun,
  loadModel,
  openImages,
  type RunEvent,
  redrawPictures,
  resumeTraining,
  type TrainResult,
  train,
} from 'hourglass';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, TINY, temporaryFolder } from '../support/program.ts';

const HUES = { red: [220, 40, 30], green: [40, 190, 60], blue: [30, 60, 220] } as const;

let folder: string;
let pictures: string;
let finished: Extract<TrainResult, { status: 'finished' }>;
const events: RunEvent[] = [];

/** Bright squares on dark ground, of one hue a class; 24 × 20, in RGB. */
async function writePictures(to: string): Promise<void> {
  for (const [name, hue] of Object.entries(HUES)) {
    await mkdir(join(to, name), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const [left, top] = [(i * 7) % 16, (i * 5) % 12];
      const data = Buffer.alloc(24 * 20 * 3, 20);
      for (let y = top; y < top + 8; y++)
        for (let x = left; x < left + 8; x++) data.set(hue, (y * 24 + x) * 3);
      const picture = sharp(data, { raw: { width: 24, height: 20, channels: 3 } });
      await picture.png().toFile(join(to, name, `${i}.png`));
    }
  }
}

beforeAll(async () => {
  folder = await temporaryFolder();
  pictures = join(folder, 'squares');
  await writePictures(pictures);
  const result = await train(TINY, {
    data: pictures,
    out: join(folder, 'run'),
    threads: 1,
    set: { 'data.size': [10, 12] },
    onEvent: (event) => events.push(event),
  });
  if (result.status !== 'finished') throw new Error('it stopped');
  finished = result;
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the run says what it was trained on and what was done to it', async () => {
  const start = events.find((event) => event.type === 'start');
  expect(start).toMatchObject({
    dataset: { name: 'squares', source: `images in ${pictures}, as 12 × 10 RGB, fitted within` },
    counts: { train: 47, validation: 4, test: 9 },
    notes: [
      // The recipe does not adapt, so it is only warned.
      expect.stringContaining('18 steps are too few'),
      expect.stringContaining('47 training images are few'),
      '12 × 10 RGB from 24 × 20 RGB: scaled',
    ],
  });
  const { dataset } = JSON.parse(await readFile(join(finished.folder, 'run.json'), 'utf8'));
  expect(dataset).toMatchObject({
    classes: ['blue', 'green', 'red'],
    folder: pictures,
    preprocessing: { height: 10, width: 12, channels: 3, fit: 'contain', invert: false, background: 0 },
  });
  expect(finished.evaluation.model.mse).toBeGreaterThan(0);
  expect(finished.examples).toMatchObject({
    channels: 3,
    captions: ['blue', 'green', 'red'].flatMap((name) => [name, name, name]),
  });
  for (const picture of finished.pictures) expect(existsSync(picture), picture).toBe(true);
});

test('the pictures are in the colours of the images', async () => {
  const svg = await readFile(join(finished.folder, 'pictures', 'reconstructions.svg'), 'utf8');
  expect(svg).toContain('>green<');
  const [, first] = /base64,([^"]+)"/.exec(svg)!;
  const { data, info } = await sharp(Buffer.from(first!, 'base64'))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Scaling mixes the hues a little with what lies around.
  const nearest = (hue: readonly number[]) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < data.length; i += info.channels)
      least = Math.min(least, Math.max(...hue.map((value, c) => Math.abs(value - data[i + c]!))));
    return least;
  };
  for (const hue of Object.values(HUES)) expect(nearest(hue)).toBeLessThan(25);
});

test('the model says how pictures are converted for it, and converts them in that way', async () => {
  const model = await loadModel(finished.folder, { threads: 1 });
  try {
    const { preprocessing, image } = model.info;
    expect(image).toEqual({ channels: 3, height: 10, width: 12 });
    for await (const { values, names, classes } of openImages([join(pictures, 'red')], preprocessing)) {
      expect(names).toHaveLength(20);
      expect(classes[0]).toBe(null);
      const { shape, data } = await model.reconstruct(values);
      expect(shape).toEqual([20, 3, 10, 12]);
      expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  } finally {
    await model.dispose();
  }
});

describe('a finished run', () => {
  test('is measured and drawn again from its folder, to the same bits', async () => {
    const phases = new Set<string>();
    const onProgress = (phase: string, share: number) => {
      phases.add(phase);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    };
    const evaluation = await evaluateRun(finished.folder, { threads: 1, onProgress });
    expect([...phases]).toEqual(expect.arrayContaining(['PCA', 'test images', 'loss']));
    expect(evaluation).toEqual(finished.evaluation);
    const file = join(finished.folder, 'pictures', 'before-after.png');
    const before = await readFile(file);
    await redrawPictures(finished.folder);
    expect(await readFile(file)).toEqual(before);
  });

  test('finds its images where they were moved; others are refused', async () => {
    const moved = join(folder, 'moved');
    await rename(pictures, moved);
    try {
      await expect(evaluateRun(finished.folder)).rejects.toThrow(
        /must be a folder of images.* if it was moved, pass the new place: --data-dir/,
      );
      const { images } = await evaluateRun(finished.folder, { dataDir: moved, threads: 1 });
      expect(images).toBe(9);
      const fewer = join(folder, 'fewer');
      await cp(moved, fewer, { recursive: true });
      await rm(join(fewer, 'red', '3.png'));
      await expect(evaluateRun(finished.folder, { dataDir: fewer })).rejects.toThrow(
        /was trained on other images/,
      );
    } finally {
      await rename(moved, pictures);
    }
  });

  test('is reported on and compared', async () => {
    const report = await readFile(join(finished.folder, 'report.html'), 'utf8');
    expect(report).toContain('blue, green, red');
    expect(report).toContain(`--data ${pictures}`);
    const other = await train(TINY, {
      data: pictures,
      out: join(folder, 'grey'),
      threads: 1,
      epochs: 1,
      tensorboard: 'none',
      set: { 'data.channels': 1, 'data.size': 10, 'data.invert': true },
    });
    expect(other.status).toBe('finished');
    const { code, stdout } = await run(folder, ['compare', 'run', 'grey', '--out', 'both']);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('different sizes or colours');
  });
});

test('a run that was stopped goes on to the bits of one that never was', async () => {
  const stop = new AbortController();
  const onEvent = ({ type }: RunEvent) => type === 'epoch' && stop.abort();
  const options = { data: pictures, threads: 1, set: { 'data.size': [10, 12] } };
  const half = await train(TINY, { ...options, out: join(folder, 'half'), signal: stop.signal, onEvent });
  expect(half.status).toBe('stopped');
  const whole = await resumeTraining(half.folder);
  expect(whole).toMatchObject({ status: 'finished', evaluation: finished.evaluation });
});

test('folders without classes, and sizes a recipe cannot take, from the command line', async () => {
  const loose = join(folder, 'loose');
  await cp(join(pictures, 'red'), loose, { recursive: true });
  const bare = [
    'train',
    'basic',
    '--data',
    'loose',
    '--epochs',
    '1',
    '--threads',
    '1',
    '--out',
    'unlabelled',
  ];
  const unlabelled = await run(folder, [...bare, '--set', 'data.size=8']);
  expect(unlabelled.code, unlabelled.stderr).toBe(0);
  const probed = await run(folder, ['evaluate', 'unlabelled', '--probe']);
  expect([probed.code, probed.stderr]).toEqual([3, expect.stringContaining('at least two classes')]);
  const misfit = await run(folder, ['train', 'conv', '--data', 'squares', '--set', 'data.size=[21,30]']);
  expect(misfit.code).toBe(2);
  expect(misfit.stderr).toContain('its encoder divides height and width by 4: set data.size=[20,32]');
}, 60_000);

test('linked pictures are read where asked for, then and later; skipped files are listed in the run', async () => {
  const given = join(folder, 'given');
  await mkdir(given);
  await symlink(pictures, join(given, 'linked'));
  await cp(join(pictures, 'red'), join(given, 'here'), { recursive: true });
  await writeFile(join(given, 'here', 'cut.png'), 'x');
  const flags = [
    '--follow-links',
    '--on-bad',
    'skip',
    '--epochs',
    '1',
    '--threads',
    '1',
    '--tensorboard',
    'none',
  ];
  const trained = await run(folder, [
    'train',
    'basic',
    '--data',
    'given',
    '--out',
    'links',
    ...flags,
    '--set',
    'data.size=8',
  ]);
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stdout).toMatch(/classes +here .*\n +linked /);
  const { config } = JSON.parse(await readFile(join(folder, 'links', 'run.json'), 'utf8'));
  expect(config.data).toMatchObject({ followLinks: true, onBad: 'skip' });
  const skipped = JSON.parse(await readFile(join(folder, 'links', 'skipped.json'), 'utf8'));
  expect(skipped).toMatchObject({ format: 'hourglass-skipped', folder: given });
  expect(skipped.files).toEqual([
    { file: join(given, 'here', 'cut.png'), reason: expect.stringContaining('must be a PNG') },
  ]);
  const { images } = await evaluateRun(join(folder, 'links'), { threads: 1 });
  expect(images).toBe(12);
  // A folder that grew is another one.
  await cp(join(given, 'here', '0.png'), join(given, 'here', 'more.png'));
  await expect(evaluateRun(join(folder, 'links'))).rejects.toThrow(
    /other images than those of given.*81 images \(.*\) now, 80 images \(.*\) then; .*--data-dir/,
  );
}, 60_000);
