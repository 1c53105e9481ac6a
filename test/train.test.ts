/** Training as a user of the library or of the program does it: through its public name and its bin. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  evaluateRun,
  HourglassError,
  listRuns,
  loadModel,
  type Model,
  openDataset,
  type RunEvent,
  resumeTraining,
  type TrainOptions,
  train,
} from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  PIXELS,
  run,
  SIDE,
  start,
  TEST,
  TINY,
  temporaryFolder,
  weightsOf,
  writeData,
  writeRecipe,
} from './support/program.ts';

let folder: string;
let dataDir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (out: string, more: TrainOptions = {}): TrainOptions => ({
  dataDir,
  offline: true,
  cacheDir: join(folder, 'cache'),
  threads: 1,
  out: join(folder, out),
  ...more,
});

async function trained(out: string, more: TrainOptions = {}, recipe: object = TINY) {
  const result = await train(recipe, options(out, more));
  if (result.status !== 'finished') throw new Error('it stopped');
  return result;
}

describe('train', () => {
  test('tells what happens, in order, and leaves a run folder with everything in it', async () => {
    const events: RunEvent[] = [];
    const result = await trained('events', { onEvent: (event) => events.push(event) });
    const types = events.map(({ type }) => type).filter((type) => type !== 'step' && type !== 'measuring');
    expect(types).toEqual(['start', 'epoch', 'epoch', 'epoch', 'evaluating', 'finished']);
    const phases = events.flatMap((event) => (event.type === 'measuring' ? [event.phase] : []));
    expect([...new Set(phases)]).toEqual([
      'opening the model',
      'scores',
      'codes',
      'PCA',
      'test images',
      'loss',
      'pictures',
      'writing the report',
    ]);
    expect(result).toMatchObject({ folder: join(folder, 'events'), epochs: 3, stoppedEarly: false });
    expect((await readdir(result.folder)).sort()).toEqual([
      'checkpoints',
      'epochs',
      'metrics.csv',
      'metrics.jsonl',
      'model',
      'pictures',
      'recipe.json',
      'report.html',
      'results.json',
      'run.json',
      'summary.md',
      'tensorboard',
    ]);
    for (const picture of result.pictures) {
      expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
    }
    const lines = (await readFile(join(result.folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { epoch: number }).epoch)).toEqual([1, 2, 3]);
    // Nothing half-written is left behind.
    const all = (await readdir(result.folder, { recursive: true })) as string[];
    expect(all.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('learns', async () => {
    const result = await trained('learns', { epochs: 60, set: { 'training.keep': 'last' } });
    expect(result.evaluation.model.mse).toBeLessThan(0.02);
    expect(result.keptEpoch).toBe(60);
    const { validation } = JSON.parse(
      (await readFile(join(result.folder, 'metrics.jsonl'), 'utf8')).split('\n')[0]!,
    ) as {
      validation: { loss: number };
    };
    expect(result.evaluation.model.mse).toBeLessThan(validation.loss / 3);
  });

  test('two runs of one seed have the same bytes, another seed has others', async () => {
    const [a, b, c] = [
      await trained('seed-a'),
      await trained('seed-b'),
      await trained('seed-c', { seed: 9 }),
    ];
    expect((await weightsOf(a.folder)).equals(await weightsOf(b.folder))).toBe(true);
    expect((await weightsOf(a.folder)).equals(await weightsOf(c.folder))).toBe(false);
    for (const name of ['autoencoder', 'encoder', 'decoder']) {
      const [one, other] = await Promise.all(
        [a, b].map((r) => readFile(join(r.folder, 'model', `${name}.onnx`))),
      );
      expect(one!.equals(other!), name).toBe(true);
    }
  });

  test('keeps the weights of the best epoch, or of the last', async () => {
    // A rate that rises to where it does harm: the first epoch is the best.
    const set = { 'training.optimiser.learningRate': 1.5, 'training.schedule.warmup': 3 };
    const best = await trained('best', { set });
    const rows = (await readFile(join(best.folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const losses = rows.map((row) => (JSON.parse(row) as { validation: { loss: number } }).validation.loss);
    expect(best.keptEpoch).toBe(1 + losses.indexOf(Math.min(...losses)));
    const last = await trained('last', { set: { ...set, 'training.keep': 'last' } });
    expect(last.keptEpoch).toBe(3);
    expect((await weightsOf(best.folder)).equals(await weightsOf(last.folder))).toBe(best.keptEpoch === 3);
  });

  test('refuses what is wrong before it makes a folder', async () => {
    const wrong = (recipe: string | object, more: TrainOptions) => train(recipe, options('refused', more));
    await expect(wrong('stakced', {})).rejects.toThrow('did you mean stacked?');
    await expect(wrong(TINY, { epochs: 0 })).rejects.toThrow('training.epochs: must be at least 1, got 0');
    await expect(wrong(TINY, { threads: 0.5 })).rejects.toThrow('threads: must be a whole number');
    await expect(wrong(TINY, { data: 'mnits' })).rejects.toThrow('did you mean mnist?');
    await expect(wrong(TINY, { out: '' })).rejects.toThrow('out: must name a folder');
    await expect(wrong([], {})).rejects.toThrow('recipe: must be a name, a .json file or a plain object');
    await expect(wrong({ ...TINY, why: () => 'code' }, {})).rejects.toThrow('must be a name');
    await expect(wrong(TINY, { set: { 'data.validation': 60 } })).rejects.toThrow('held-out images');
    await expect(wrong(TINY, { dataDir: join(folder, 'nowhere') })).rejects.toMatchObject({ exitCode: 3 });
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });

  test('an error in onEvent ends the training and comes out', async () => {
    const onEvent = () => {
      throw new Error('mine');
    };
    await expect(train(TINY, options('throws', { onEvent, epochs: 500 }))).rejects.toThrow('mine');
  });
});

describe('a model', () => {
  let model: Model;
  let bytes: Uint8Array;
  let floats: Float32Array;

  beforeAll(async () => {
    const { folder: trainedFolder } = await trained('model', { epochs: 20 });
    model = await loadModel(trainedFolder, { threads: 1 });
    ({ images: bytes } = (await openDataset('mnist', { dataDir })).test);
    floats = Float32Array.from(bytes, (byte) => byte / 255);
  });
  afterAll(() => model.dispose());

  test('says what it is', () => {
    const image = { channels: 1, height: SIDE, width: SIDE } as const;
    expect(model.info).toEqual({
      recipe: 'tiny',
      dataset: 'mnist',
      image,
      codeUnits: 4,
      prior: null,
      rows: null,
      condition: null,
      hasVariance: false,
      givesVariance: false,
      corruption: { type: 'none' },
      metadata: expect.objectContaining({
        recipe: 'tiny',
        image: JSON.stringify({ channels: 1, height: SIDE, width: SIDE }),
        loss: expect.stringContaining('squared error'),
        weights: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
      preprocessing: { ...image, fit: 'contain', invert: false, background: 0 },
    });
  });

  test('encodes, decodes and reconstructs; bytes and floats agree', async () => {
    const code = await model.encode(bytes);
    expect(code.shape).toEqual([TEST, 4]);
    expect((await model.encode(floats)).data).toEqual(code.data);
    const decoded = await model.decode(code.data);
    expect(decoded.shape).toEqual([TEST, 1, SIDE, SIDE]);
    const whole = await model.reconstruct(bytes);
    expect(whole.shape).toEqual(decoded.shape);
    for (const [i, value] of whole.data.entries())
      expect(Math.abs(value - decoded.data[i]!)).toBeLessThan(1e-6);
    expect(Math.min(...whole.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...whole.data)).toBeLessThanOrEqual(1);
  });

  test('one image, and more than are run at once, give what each gives alone', async () => {
    const one = await model.encode(bytes.subarray(0, PIXELS));
    expect(one.shape).toEqual([1, 4]);
    const many = new Uint8Array(1203 * PIXELS);
    for (let n = 0; n < 1203; n++)
      many.set(bytes.subarray((n % TEST) * PIXELS, ((n % TEST) + 1) * PIXELS), n * PIXELS);
    const codes = await model.encode(many);
    expect(codes.shape).toEqual([1203, 4]);
    for (const n of [0, 500, 1000, 1200]) {
      for (let k = 0; k < 4; k++) expect(codes.data[n * 4 + k]).toBeCloseTo(one.data[k]!, 5);
    }
  });

  test('its evaluation is what its reconstructions say', async () => {
    const { data } = await model.reconstruct(bytes);
    const mse = data.reduce((sum, value, i) => sum + (value - floats[i]!) ** 2, 0) / data.length;
    const evaluation = await evaluateRun(join(folder, 'model'), { dataDir });
    expect(evaluation.model.mse).toBeCloseTo(mse, 6);
    expect(evaluation).toMatchObject({
      dataset: 'mnist',
      split: 'test',
      images: TEST,
      pca: { components: 4 },
    });
    const stored = JSON.parse(await readFile(join(folder, 'model', 'results.json'), 'utf8')) as {
      model: unknown;
    };
    expect(stored.model).toEqual(evaluation.model);
  });

  test('refuses what are no whole images or codes', async () => {
    await expect(model.encode(new Uint8Array(PIXELS + 1))).rejects.toThrow(
      'images: must have 1 × 6 × 6 = 36 values each, got 37 values',
    );
    await expect(model.encode(new Uint8Array())).rejects.toThrow('got 0 values');
    await expect(model.decode(new Float32Array(5))).rejects.toThrow(
      'codes: must have 4 values each, got 5 values',
    );
    // As plain JavaScript might.
    await expect(model.encode(new Float64Array(PIXELS) as unknown as Float32Array)).rejects.toThrow(
      'must be a Uint8Array with values from 0 to 255 or a Float32Array with values from 0 to 1, got Float64Array',
    );
    await expect(model.decode([1, 2, 3, 4] as unknown as Float32Array)).rejects.toThrow(
      'codes: must be a Float32Array, got Array',
    );
    await expect(model.decode(new Uint8Array(4) as unknown as Float32Array)).rejects.toThrow(
      'must be a Float32Array',
    );
  });

  test('is not taken from a folder without one, nor from damaged files', async () => {
    await expect(loadModel(folder)).rejects.toMatchObject({
      kind: 'run',
      message: expect.stringContaining('is not a run'),
    });
    const { folder: damaged } = await trained('damaged', { epochs: 1 });
    await writeFile(join(damaged, 'model', 'autoencoder.onnx'), 'no model');
    await expect(loadModel(damaged)).rejects.toBeInstanceOf(HourglassError);
    await rm(join(damaged, 'model'), { recursive: true });
    await expect(loadModel(damaged)).rejects.toThrow('autoencoder.onnx: is missing; train the recipe again');
  });

  test('is not judged by other images than those it belongs to', async () => {
    const other = await writeData(join(folder, 'other'), 77);
    await expect(evaluateRun(join(folder, 'model'), { dataDir: other })).rejects.toThrow(
      'was trained on other images',
    );
  });
});

describe('a device', () => {
  test('that is chosen by what is there is said, and what is learnt on a processor is the same', async () => {
    const told: string[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'start') told.push(event.device, ...event.notes);
    };
    const chosen = await trained('chosen', { device: 'auto', onEvent });
    if (told[0] === 'cpu') {
      expect(told.join()).toContain('no GPU can be used, so it runs on the processor (cuda: ');
      const plain = await trained('plain');
      expect((await weightsOf(chosen.folder)).equals(await weightsOf(plain.folder))).toBe(true);
    } else {
      expect(told.join()).toContain(`on ${told[0]}: another run may differ`);
      expect(chosen.evaluation.model.mse).toBeLessThan(1);
    }
  });

  test('that is not there is refused before anything is written', async () => {
    await expect(train(TINY, options('no-such', { device: 'tpu' as 'cpu' }))).rejects.toThrow(
      'device: must be auto, cpu, webgpu, cuda, got tpu',
    );
    const result = await train(TINY, options('on-cuda', { device: 'cuda' })).catch((error) => error);
    if (!(result instanceof HourglassError)) return;
    expect(result.message).toMatch(
      /^device: 'cuda' cannot be used here \(.+\); try 'auto', which takes what is/,
    );
    expect(existsSync(join(folder, 'on-cuda'))).toBe(false);
  });
});

describe('stopped and resumed', () => {
  test('by a signal: the end has the bytes of a run that never stopped', async () => {
    const whole = await trained('whole', { epochs: 4 });
    for (const after of ['start', 'epoch'] as const) {
      const stop = new AbortController();
      const onEvent = (event: RunEvent) => {
        if (event.type === after) stop.abort();
      };
      const stopped = await train(
        TINY,
        options(`stopped-${after}`, { epochs: 4, signal: stop.signal, onEvent }),
      );
      // Tiny epochs may be over before the word arrives; then there is nothing to resume.
      if (stopped.status === 'stopped') {
        expect((await listRuns(folder)).find(({ name }) => name === `stopped-${after}`)?.status).toBe(
          'stopped',
        );
        const resumed = await resumeTraining(stopped.folder, { dataDir });
        expect(resumed.status).toBe('finished');
      }
      expect((await weightsOf(stopped.folder)).equals(await weightsOf(whole.folder))).toBe(true);
    }
  });

  test('of maps, where each thread has a share of a batch: the same bytes', async () => {
    const maps = {
      ...TINY,
      model: {
        ...TINY.model,
        encoder: [
          { type: 'conv', channels: 3, kernel: 3, activation: 'relu' },
          { type: 'flatten' },
          { type: 'dropout', rate: 0.2 },
        ],
      },
    };
    const shared = { epochs: 40, threads: 2, set: { 'training.batchSize': 20 } };
    const whole = await trained('maps', shared, maps);
    const stop = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'epoch') stop.abort();
    };
    const stopped = await train(maps, options('maps-stopped', { ...shared, signal: stop.signal, onEvent }));
    expect(stopped.status).toBe('stopped');
    await resumeTraining(stopped.folder, { dataDir });
    expect((await weightsOf(stopped.folder)).equals(await weightsOf(whole.folder))).toBe(true);
  });

  test('a signal that was given before stops at the first step, and the run can be resumed', async () => {
    const stopped = await train(TINY, options('aborted', { signal: AbortSignal.abort() }));
    expect(stopped).toEqual({ status: 'stopped', folder: join(folder, 'aborted'), epoch: 0 });
    await expect(loadModel(stopped.folder)).rejects.toThrow(
      /is not there: the run is stopped; finish it: npx hourglass train --resume/,
    );
    expect((await resumeTraining(stopped.folder)).status).toBe('finished');
    const again = await trained('aborted-not');
    expect((await weightsOf(stopped.folder)).equals(await weightsOf(again.folder))).toBe(true);
    await expect(resumeTraining(stopped.folder)).rejects.toThrow('is finished: there is nothing to resume');
  });

  test('with its newest checkpoint and its best weights damaged, it goes on from the one before, and says so', async () => {
    const stop = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'epoch' && event.row.epoch === 2) stop.abort();
    };
    const stopped = await train(TINY, options('damaged', { epochs: 40, signal: stop.signal, onEvent }));
    const checkpoints = join(stopped.folder, 'checkpoints');
    const newest = (await readdir(checkpoints))
      .filter((name) => name.startsWith('step'))
      .sort()
      .at(-1)!;
    const bytes = await readFile(join(checkpoints, newest));
    bytes[bytes.length >> 1]! ^= 4;
    await writeFile(join(checkpoints, newest), bytes);
    // Its loss falls from epoch to epoch: the best weights are those of the checkpoint before.
    await rm(join(checkpoints, 'best.safetensors'));
    const warnings: string[] = [];
    await resumeTraining(stopped.folder, {
      onEvent: (event) => event.type === 'warning' && warnings.push(event.message),
    });
    expect(warnings).toEqual([expect.stringContaining(`${newest}: is damaged: its checksum`)]);
    const whole = await trained('undamaged', { epochs: 40 });
    expect((await weightsOf(stopped.folder)).equals(await weightsOf(whole.folder))).toBe(true);
  });

  test('checkpoints within an epoch change nothing but what is lost', async () => {
    const often = await trained('often', { checkpointEvery: 1e-6 });
    const seldom = await trained('seldom');
    expect((await weightsOf(often.folder)).equals(await weightsOf(seldom.folder))).toBe(true);
    // Seven steps an epoch.
    expect((await readdir(join(often.folder, 'checkpoints'))).sort()).toEqual([
      'best.safetensors',
      'step-000000020.safetensors',
      'step-000000021.safetensors',
    ]);
    await expect(train(TINY, options('never', { checkpointEvery: 0 }))).rejects.toThrow(
      'checkpointEvery: must be more than 0 seconds, got 0',
    );
  });

  test('on other images it is refused', async () => {
    const { folder: stopped } = await train(TINY, options('moved', { signal: AbortSignal.abort() }));
    const other = await writeData(join(folder, 'others'), 78);
    await expect(resumeTraining(stopped, { dataDir: other })).rejects.toThrow('was trained on other images');
  });
});

describe('the program', () => {
  const LONG = ['train', 'tiny.json', '--data-dir', 'data', '--epochs', '60', '--threads', '1'];
  const SHORT_STOP = 'epoch  3/60';

  beforeAll(() => writeRecipe(join(folder, 'tiny.json')));

  test('killed with SIGKILL in the middle of an epoch and resumed, it ends with the same bytes', async () => {
    const whole = run(folder, [...LONG, '--out', 'unkilled']);
    for (let n = 1; n <= 2; n++) {
      const args = n === 1 ? [...LONG, '--out', 'killed'] : ['train', '--resume', 'killed'];
      const started = start(folder, args);
      await started.says(n === 1 ? SHORT_STOP : '/60  training');
      started.process.kill('SIGKILL');
      expect((await started.ended).signal).toBe('SIGKILL');
      expect((await listRuns(folder)).find(({ name }) => name === 'killed')?.status).toBe('stopped');
    }
    const resumed = await run(folder, ['train', '--resume', 'killed']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(await whole).toMatchObject({ code: 0, stderr: '' });
    expect((await weightsOf(join(folder, 'killed'))).equals(await weightsOf(join(folder, 'unkilled')))).toBe(
      true,
    );
    // The metrics are those of one run: every epoch once.
    const rows = (await readFile(join(folder, 'killed', 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { epoch: number }).epoch)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops it after the step, with code 130 and how to go on',
    async (signal) => {
      const out = `by-${signal}`;
      const started = start(folder, [...LONG, '--out', out]);
      await started.says(SHORT_STOP);
      started.process.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      expect(code).toBe(130);
      expect(stderr).toContain('Stopping after this step');
      expect(stdout).toContain(`npx hourglass train --resume ${out}`);
      const resumed = await run(folder, ['train', '--resume', out, '--json']);
      expect(resumed.code).toBe(0);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'finished', epochs: 60 });
      expect((await weightsOf(join(folder, out))).equals(await weightsOf(join(folder, 'unkilled')))).toBe(
        true,
      );
    },
  );
});
