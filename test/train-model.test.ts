/** A training that knows no disk: samples, files and events are arguments, as they are in a page. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePng } from '../src/codecs/png.ts';
import type { SampleSet } from '../src/data/dataset.ts';
import { openDataset, openSamples } from '../src/data/open.ts';
import { sampleSet, samplesOf } from '../src/data/source.ts';
import { tar } from '../src/data/stream/testing.ts';
import { contentOf } from '../src/model/content.ts';
import { openModel } from '../src/model/open.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { describeMachine, runtimeVersions } from '../src/node/machine.ts';
import { loadRecipe } from '../src/node/recipes.ts';
import { memoryFiles } from '../src/record/index.ts';
import { memorySource, type SampleSpec, type Source } from '../src/samples/index.ts';
import type { RunEvent } from '../src/session/events.ts';
import { runSession } from '../src/session/on-disk.ts';
import { type NewTraining, resumeModel, trainModel } from '../src/session/train-model.ts';
import { PIXELS, SIDE, TINY, writeData } from './support/program.ts';

let folder: string;
let opened: Awaited<ReturnType<typeof openDataset>>;
let data: SampleSet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-train-'));
  opened = await openDataset('mnist', { dataDir: await writeData(join(folder, 'data')), offline: true });
  data = samplesOf(opened);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const BEST = { ...TINY, training: { ...TINY.training, keep: 'best' } };

const training = (more: Partial<NewTraining> = {}): NewTraining => ({
  engine: nodeEngine,
  recipe: BEST,
  data,
  platform: { versions: runtimeVersions(), machine: describeMachine() },
  ...more,
});

/** The parts of a model's files that a training decides. */
const weightsOf = (model: ReadonlyMap<string, Uint8Array>) => contentOf('', model, nodeEngine.sha256).weights;

test('a training in memory gives the events, the files and the bits of one on disk', async () => {
  const events: RunEvent[] = [];
  const { result, files, model } = await trainModel(training({ onEvent: (event) => events.push(event) }));
  const out = join(folder, 'run');
  const told: RunEvent[] = [];
  const start = {
    type: 'new' as const,
    recipe: loadRecipe(BEST),
    given: {},
    out,
    threads: 1,
    device: 'cpu' as const,
    tensorboard: { level: 'none', logEvery: 10 } as const,
    data: { dataDir: join(folder, 'data'), offline: true },
    checkpointEvery: 60,
  };
  const { signal } = new AbortController();
  await runSession(start, { engine: nodeEngine, emit: (event) => told.push(event), signal });
  const kinds = (list: readonly RunEvent[]) => [
    ...new Set(list.map(({ type }) => type).filter((type) => type !== 'step' && type !== 'reading')),
  ];
  expect(kinds(events)).toEqual(kinds(told));
  const losses = (list: readonly RunEvent[]) =>
    list.flatMap((event) => (event.type === 'epoch' ? [event.row.validation] : []));
  expect(losses(events)).toEqual(losses(told));
  const onDisk = new Map<string, Uint8Array>();
  for (const name of model.keys()) onDisk.set(name, await readFile(join(out, 'model', name)));
  expect(weightsOf(model)).toEqual(weightsOf(onDisk));
  expect([...model.keys()].sort()).toEqual([
    'autoencoder.onnx',
    'decoder.onnx',
    'encoder.onnx',
    'statistics.json',
    'weights.safetensors',
  ]);
  expect(result.status).toBe('finished');
  for (const name of ['run.json', 'metrics.csv', 'results.json', 'recipe.json'])
    expect(await files.read(name, 1e6)).not.toBeNull();
  await using usable = await openModel(nodeEngine, contentOf('memory', model, nodeEngine.sha256), {
    threads: 1,
  });
  expect((await usable.encode(opened.test.images)).shape).toEqual([20, 4]);
  expect(usable.statistics?.scores.images).toBeGreaterThan(0);
});

test('a training that was stopped is resumed from its files to the same bits', async () => {
  const whole = await trainModel(training());
  const stop = new AbortController();
  const stopped = await trainModel(
    training({
      signal: stop.signal,
      observers: [{ step: ({ step }) => void (step === 10 && stop.abort()) }],
    }),
  );
  expect(stopped.result).toMatchObject({ status: 'stopped', epoch: 1 });
  expect(stopped.model.size).toBe(0);
  const resumed = await resumeModel({ engine: nodeEngine, data, files: stopped.files });
  expect(resumed.result.status).toBe('finished');
  expect(weightsOf(resumed.model)).toEqual(weightsOf(whole.model));
  await expect(resumeModel({ engine: nodeEngine, data, files: stopped.files })).rejects.toThrow(
    'is finished: there is nothing to resume',
  );
});

test('a training on streamed shards ends with the bits of one in memory, stopped in between or not', async () => {
  const shards = join(folder, 'shards');
  await mkdir(shards);
  for (let shard = 0; shard < 6; shard++) {
    // Each is a block: blocks are mixed, and samples within them.
    const entries = Array.from({ length: 12 }, (_, i) => {
      const pixels = opened.train.images.subarray(((12 * shard + i) % 60) * PIXELS).subarray(0, PIXELS);
      const png = encodePng({ width: SIDE, height: SIDE, channels: 1, data: pixels });
      return { name: `${i}.png`, content: png };
    });
    await writeFile(join(shards, `${shard === 5 ? 'test' : 'train'}-${shard}.tar`), tar(entries));
  }
  const [streamed, held] = await Promise.all(
    [true, false].map((stream) => openSamples(shards, { images: { stream } })),
  );
  const whole = await trainModel(training({ data: held! }));
  const once = await trainModel(training({ data: streamed! }));
  expect(weightsOf(once.model)).toEqual(weightsOf(whole.model));
  const stop = new AbortController();
  const stopped = await trainModel(
    training({
      data: streamed!,
      signal: stop.signal,
      // In the second epoch, which has seven steps.
      observers: [{ step: ({ step }) => void (step === 10 && stop.abort()) }],
    }),
  );
  expect(stopped.result).toMatchObject({ status: 'stopped', epoch: 1 });
  const again = await openSamples(shards, { images: { stream: true } });
  const resumed = await resumeModel({ engine: nodeEngine, data: again, files: stopped.files });
  expect(weightsOf(resumed.model)).toEqual(weightsOf(whole.model));
});

test('other images, and a place without a run, are refused', async () => {
  const stop = new AbortController();
  stop.abort();
  const { files } = await trainModel(training({ signal: stop.signal }));
  const images = opened.train.images.map((byte) => 255 - byte);
  const other = samplesOf({ ...opened, train: { ...opened.train, images } });
  await expect(resumeModel({ engine: nodeEngine, data: other, files })).rejects.toThrow(
    'was trained on other images',
  );
  await expect(resumeModel({ engine: nodeEngine, data, files: memoryFiles('here') })).rejects.toThrow(
    'here: is not a run: it has no run.json',
  );
});

test('storage that is full ends the training as an error, with what was written before', async () => {
  const files = memoryFiles('full');
  let left = 6;
  const full = {
    ...files,
    async write(name: string, content: string | Uint8Array) {
      if (left-- <= 0) throw new Error('the storage is full');
      await files.write(name, content);
    },
  };
  await expect(trainModel(training({ files: full }))).rejects.toThrow('the storage is full');
  expect(await files.read('run.json', 1e6)).not.toBeNull();
});

test('a source that reads late, of rows of floats, is trained on, measured and resumed as images are', async () => {
  const [width, count] = [9, 48];
  const values = Float32Array.from({ length: count * width }, (_, i) => ((i * 29) % 97) / 97);
  const spec: SampleSpec = {
    kind: 'row',
    shape: [width],
    storage: 'float32',
    scaling: { type: 'divisor', divisor: 1 },
    range: [0, 1],
  };
  const late: Source = {
    spec,
    count,
    async read(indices, into) {
      await wait(1);
      for (const [row, index] of indices.entries())
        into.set(values.subarray(index * width, (index + 1) * width), row * width);
    },
  };
  const rows = sampleSet({ name: 'sensors', train: late, test: late });
  expect(rows).toMatchObject({ height: 1, width, channels: 1, classes: ['all'] });
  const run = await trainModel(training({ data: rows }));
  if (run.result.status !== 'finished') throw new Error('it was stopped');
  const { evaluation } = run.result;
  expect(evaluation).toMatchObject({ images: count, similarity: null, totalVariation: null });
  expect(evaluation.model.mse).toBeGreaterThan(0);
  const inMemory = sampleSet({ name: 'sensors', train: memorySource(spec, values), test: late });
  const other = await trainModel(training({ data: inMemory }));
  expect(weightsOf(other.model)).toEqual(weightsOf(run.model));
});

test('a place that has a run is not written over, and a hold is given back however a training ends', async () => {
  const stop = new AbortController();
  stop.abort();
  let held = 0;
  const hold = () => {
    held++;
    let isHeld = true;
    return {
      requireHeld: async () => {},
      release: async () => {
        if (isHeld) held--;
        isHeld = false;
      },
    };
  };
  const { files } = await trainModel(training({ signal: stop.signal, hold: hold() }));
  const before = await files.read('run.json', 1e6);
  await expect(trainModel(training({ files, hold: hold() }))).rejects.toThrow('already has a run; resume it');
  expect(await files.read('run.json', 1e6)).toEqual(before);
  const wrong = { ...BEST, data: { classes: ['bird'] } };
  await expect(trainModel(training({ recipe: wrong, hold: hold() }))).rejects.toThrow('must be among');
  await expect(
    resumeModel({ engine: nodeEngine, data, files: memoryFiles('none'), hold: hold() }),
  ).rejects.toThrow('is not a run');
  expect(held).toBe(0);
});
