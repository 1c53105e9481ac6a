/** Large pictures through tiles: trained on, measured, scored and refused, by public names. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  anomaly,
  evaluateOneClass,
  evaluateRun,
  loadModel,
  openImages,
  type RunEvent,
  resumeTraining,
  type TrainOptions,
  train,
} from 'hourglass';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY, temporaryFolder, writeData } from './support/program.ts';

const [HEIGHT, WIDTH] = [40, 57];
const RECIPE = { ...TINY, adapt: true, data: { longerSide: 32 } };
const TILES = { 'data.tiles.side': 16, 'data.tiles.overlap': 0.5 };

let folder: string;
let pictures: string;
const options = (out: string, more: TrainOptions = {}): TrainOptions => ({
  ...{ data: pictures, out: join(folder, out), threads: 1, epochs: 3, tensorboard: 'none', pictures: false },
  ...{ set: TILES, ...more },
});

/** Slopes of grey; with `dot`, one in white at the lower right, and its mask. */
async function write(to: string, count: number, dot: boolean): Promise<void> {
  await mkdir(join(pictures, to), { recursive: true });
  await mkdir(join(pictures, 'ground_truth/dot'), { recursive: true });
  for (let i = 0; i < count; i++) {
    const isDot = (x: number, y: number) => dot && Math.hypot(x - 50, y - 34) < 4;
    const plane = (value: (x: number, y: number) => number) =>
      Buffer.from(
        Array.from({ length: HEIGHT * WIDTH }, (_, at) => value(at % WIDTH, Math.floor(at / WIDTH))),
      );
    const save = (data: Buffer, file: string) =>
      sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
        .toColourspace('b-w')
        .toFile(join(pictures, file));
    await save(
      plane((x, y) => (isDot(x, y) ? 255 : 60 + x + ((i + y) % 8))),
      `${to}/${i}.png`,
    );
    if (dot)
      await save(
        plane((x, y) => (isDot(x, y) ? 255 : 0)),
        `ground_truth/dot/${i}_mask.png`,
      );
  }
}

beforeAll(async () => {
  folder = await temporaryFolder();
  pictures = join(folder, 'plates');
  await write('train/good', 24, false);
  await write('test/good', 3, false);
  await write('test/dot', 2, true);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a small network sees large pictures: what it is trained on, its scores, maps and figures are of whole pictures', async () => {
  const events: RunEvent[] = [];
  const result = await train(RECIPE, options('run', { onEvent: (event) => events.push(event) }));
  if (result.status !== 'finished') throw new Error('it stopped');
  const start = events.find((event) => event.type === 'start')!;
  // 12 windows cover a picture, and 22 training pictures are few.
  expect(start.dataset.source).toBe(
    `images in ${pictures}, as 57 × 40 grey, fitted within, in tiles of 16 × 16: 12 of each training picture in an epoch, 28 to score a picture, which overlap by 50 % or more, blended`,
  );
  expect(start.counts).toEqual({ train: 22, validation: 2, test: 5 });
  expect(start.classes).toContainEqual({ name: 'good', training: 22, validation: 2, test: 3 });

  const { detection } = result.evaluation;
  expect(detection).toMatchObject({ good: 3, defective: 2, masks: 2 });
  expect(detection!.scores['smoothed-max']!.pixels!.regions).toBe(2);
  expect((await evaluateRun(result.folder)).detection).toEqual(detection);

  await using model = await loadModel(result.folder);
  expect(model.info.image).toEqual({ channels: 1, height: HEIGHT, width: WIDTH });
  expect(model.info.tiles).toEqual({ side: 16, overlap: 0.5 });
  expect(model.statistics!.scores.images).toBe(2);
  for await (const { values } of openImages([join(pictures, 'test/dot')], model.info.preprocessing)) {
    const found = await anomaly(model, values, { score: 'smoothed-max', maps: true });
    expect(found.maps!.shape).toEqual([2, HEIGHT, WIDTH]);
    const map = found.maps!.data.subarray(0, HEIGHT * WIDTH);
    const at = map.indexOf(Math.max(...map));
    expect(Math.hypot((at % WIDTH) - 50, Math.floor(at / WIDTH) - 34)).toBeLessThan(6);
    expect(found.scores[0]).toBeGreaterThan(found.threshold);
    // Bytes and floats are the same pictures.
    const floats = Float32Array.from(values, (value) => value / 255);
    expect((await model.reconstruct(floats)).data).toEqual(found.reconstructions.data);
    await expect(model.encode(values)).rejects.toThrow(
      'tiny: has codes of tiles of 16 × 16, not of pictures: it reconstructs, denoises and finds anomalies; for codes of pictures, train without data.tiles',
    );
    expect((await model.ofTiles!.encode(new Uint8Array(512))).shape).toEqual([2, 4]);
  }
  await expect(evaluateOneClass(result.folder)).rejects.toThrow('sees pictures through tiles');
}, 60_000);

test('a training that was stopped and resumed ends with the same bits, from pictures in memory and streamed', async () => {
  const whole = await train(RECIPE, options('whole'));
  const stop = new AbortController();
  const onEvent = ({ type }: RunEvent) => type === 'epoch' && stop.abort();
  const stopped = await train(RECIPE, {
    ...options('stopped', { set: { ...TILES, 'data.stream': true } }),
    signal: stop.signal,
    onEvent,
  });
  expect(stopped.status).toBe('stopped');
  const resumed = await resumeTraining(stopped.folder);
  expect(resumed.status).toBe('finished');
  const digest = async (run: string) => {
    await using model = await loadModel(run);
    return model.info.metadata.weights;
  };
  expect(await digest(resumed.folder)).toBe(await digest(whole.folder));
  const { dataset, config } = JSON.parse(await readFile(join(whole.folder, 'run.json'), 'utf8'));
  expect([dataset.height, dataset.width, dataset.preprocessing.width]).toEqual([16, 16, WIDTH]);
  expect(config.data).toMatchObject({ tiles: { side: 16, overlap: 0.5 } });
  // The size that the recipe has for a network that sees whole pictures does not count.
  expect(config.data.longerSide).toBe(undefined);
}, 60_000);

test.each([
  [
    { 'data.tiles.side': 64 },
    'data.tiles.side: must be at most the shorter side of the pictures, which are 57 × 40 here, got 64',
  ],
  [{ 'data.tiles.side': 17, 'data.size': 16 }, 'which are 16 × 16 here, got 17'],
  [{ 'data.tiles.side': 8 }, 'data.tiles.side: must be at least 16'],
  [{ 'data.tiles.side': 16, 'data.tiles.overlap': 0.8 }, 'data.tiles.overlap: must be at most 0.75'],
])('%o is refused in words', async (set, words) => {
  await expect(train(RECIPE, options('refused', { set }))).rejects.toThrow(words);
});

test('data that are no pictures from files are refused', async () => {
  const dataDir = await writeData(join(folder, 'data'));
  await expect(train(TINY, { ...options('named'), data: 'mnist', dataDir })).rejects.toThrow(
    'data.tiles: is only for folders of images, and mnist is a named data set; leave it out',
  );
  await expect(
    train(TINY, { ...options('arrays'), data: { train: new Uint8Array(20 * 256), shape: [16, 16] } }),
  ).rejects.toThrow('data.tiles: are windows of pictures from files');
});
