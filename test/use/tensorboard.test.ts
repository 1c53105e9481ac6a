/** What a training leaves for TensorBoard, through the public name and the program, and in the real TensorBoard. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resumeTraining, type TrainOptions, type TrainResult, train } from 'hourglass';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodePng } from '../../src/codecs/png.ts';
import { type ReadEvent, type ReadSummary, readEvents } from '../../src/codecs/tensorboard/index.ts';
import { TensorBoard, until } from '../../src/codecs/tensorboard/testing.ts';
import {
  run,
  start,
  TEST,
  TINY,
  temporaryFolder,
  weightsOf,
  writeData,
  writeRecipe,
} from '../support/program.ts';
import { lacking, PYTHON } from '../support/python.ts';

let folder: string;
let dataDir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = await writeData(join(folder, 'data'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trained = (out: string, more: TrainOptions = {}, recipe: object = TINY): Promise<TrainResult> =>
  train(recipe, { dataDir, offline: true, threads: 1, out: join(folder, out), ...more });

/** The event files of a run, or of a folder within its logs; the oldest first. */
function filesOf(out: string, part = '.'): ReadEvent[][] {
  const logs = join(folder, out, 'tensorboard', part);
  const names = readdirSync(logs).filter((name) => name.includes('tfevents'));
  return names.sort().map((name) => {
    const bytes = readFileSync(join(logs, name));
    return readEvents(bytes, name).events;
  });
}

type Point = ReadSummary & { step: number };

const pointsOf = (files: ReadEvent[][]): Point[] =>
  files.flat().flatMap(({ step, summaries }) => summaries.map((summary) => ({ step, ...summary })));

const stepsOf = (points: Point[], tag: string): number[] =>
  points.flatMap((point) => (point.tag === tag ? [point.step] : []));

const tagsOf = (points: Point[]): string[] => [...new Set(points.map(({ tag }) => tag))];

interface Row {
  step: number;
  validation: Record<string, number>;
}

const rowsOf = (out: string): Row[] =>
  readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

const every = (n: number, last: number) =>
  Array.from({ length: Math.floor(last / n) }, (_, i) => (i + 1) * n);

const WEIGHTS = ['encoder.dense1', 'encoder.code', 'decoder.dense1', 'decoder.output'];

describe('a training', () => {
  beforeAll(() => trained('all', { logEvery: 2 }));

  test('has curves of the same names from training and validation', () => {
    const rows = rowsOf('all');
    const last = rows.at(-1)!.step;
    const training = pointsOf(filesOf('all', 'training'));
    const validation = pointsOf(filesOf('all', 'validation'));
    expect(tagsOf(validation)).toEqual(['loss', 'reconstruction']);
    expect(tagsOf(training)).toEqual([
      'loss',
      'reconstruction',
      'learningRate',
      'gradientNorm',
      'weightNorm',
      'imagesPerSecond',
    ]);
    for (const tag of tagsOf(training)) expect(stepsOf(training, tag), tag).toEqual(every(2, last));
    for (const { data } of training) expect(data).toMatchObject({ kind: 'scalar' });
    for (const tag of tagsOf(validation)) {
      const points = validation.filter((point) => point.tag === tag);
      expect(points.map(({ step, data }) => [step, data])).toEqual(
        rows.map((row) => [row.step, { kind: 'scalar', value: Math.fround(row.validation[tag]!) }]),
      );
      expect(points[0]!.description).toContain('squared error, mean over pixels and images; over all');
    }
  });

  test('has its graph, settings, pictures and histograms', () => {
    const files = filesOf('all');
    expect(files).toHaveLength(1);
    expect(files[0]![0]).toMatchObject({ fileVersion: 'brain.Event:2' });
    const graphs = files[0]!.filter(({ graphDef }) => graphDef !== undefined);
    expect(graphs).toHaveLength(1);
    expect(new TextDecoder().decode(graphs[0]!.graphDef)).toContain('encoder/dense1/weight');
    const points = pointsOf(files);
    const sampled = rowsOf('all').map(({ step }) => step);
    for (const tag of ['_hparams_/experiment', '_hparams_/session_start_info', 'recipe', 'input']) {
      expect(stepsOf(points, tag), tag).toEqual([0]);
    }
    expect(stepsOf(points, '_hparams_/session_end_info')).toEqual([sampled.at(-1)]);
    const images = ['reconstruction', 'anomalies'];
    const histograms = [
      'codes',
      ...WEIGHTS.flatMap((layer) =>
        ['weight', 'bias'].flatMap((role) => [`weights/${layer}.${role}`, `gradients/${layer}.${role}`]),
      ),
      'weights/encoder.batchNorm1.mean',
    ];
    for (const tag of [...images, ...histograms]) expect(stepsOf(points, tag), tag).toEqual(sampled);
    expect(points.find(({ tag }) => tag === 'input')!.data).toMatchObject({
      kind: 'images',
      height: 6,
      width: 60,
    });
    const counted = points.find(({ tag }) => tag === 'codes')!.data;
    if (counted.kind !== 'histogram') throw new Error('codes must be a histogram');
    expect(counted.buckets.filter((_, i) => i % 3 === 2).reduce((a, b) => a + b)).toBe(TEST * 4);
    const recipe = points.find(({ tag }) => tag === 'recipe')!.data;
    expect(recipe).toMatchObject({ kind: 'text', texts: [expect.stringContaining(TINY.why)] });
  });

  test('leaves the codes of the test images, with classes and pictures', () => {
    const codes = join(folder, 'all', 'tensorboard', 'codes');
    expect(filesOf('all', 'codes')).toMatchObject([[{ fileVersion: 'brain.Event:2' }, { start: true }]]);
    const config = readFileSync(join(codes, 'projector_config.pbtxt'), 'utf8');
    expect(config).toContain(`tensor_shape: ${TEST}\n  tensor_shape: 4`);
    const [, table] = /tensor_path: "(codes\.\w+)"/.exec(config)!;
    expect(existsSync(join(codes, table!))).toBe(true);
    const labels = readFileSync(join(codes, 'labels.tsv'), 'utf8').trim().split('\n');
    expect(labels).toHaveLength(TEST + 1);
    expect(labels.slice(0, 3)).toEqual(['class\ttest image', '0\t0', '1\t1']);
    const sheet = decodePng(readFileSync(join(codes, 'images.png')), 'images.png');
    expect(sheet).toMatchObject({ width: 5 * 6, height: 5 * 6 });
  });

  test('of rows has its graph, histograms and codes, and speaks of rows', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(2 * i), Math.sin(i) + i / 200]);
    await train('table', {
      data: { train: rows, shape: [3] },
      ...{ out: join(folder, 'rows'), epochs: 2, threads: 1, tensorboard: 'all', pictures: false },
    });
    const [root, training, validation] = ['.', 'training', 'validation'].map((part) => filesOf('rows', part));
    expect(tagsOf(pointsOf(training!))).toContain('rowsPerSecond');
    const tags = tagsOf(pointsOf(root!));
    expect(tags).toContain('codes');
    expect(tags.some((tag) => tag.startsWith('gradients/'))).toBe(true);
    expect(root!.flat().some(({ graphDef }) => graphDef !== undefined)).toBe(true);
    const texts = [root!, training!, validation!]
      .flatMap(pointsOf)
      .flatMap(({ displayName, description }) => [displayName, description]);
    expect(texts.filter((text) => /\b(image|pixel)/.test(text ?? ''))).toEqual([]);
    const labels = readFileSync(join(folder, 'rows/tensorboard/codes/labels.tsv'), 'utf8');
    expect(labels.split('\n')[0]).toBe('class\ttest row');
    expect(existsSync(join(folder, 'rows/tensorboard/codes/images.png'))).toBe(false);
  });

  test('learns the same bits with other logs and with none', async () => {
    await trained('none', { tensorboard: 'none' });
    await trained('scalars', { tensorboard: 'scalars' });
    const weights = await weightsOf(join(folder, 'all'));
    for (const out of ['none', 'scalars']) {
      expect((await weightsOf(join(folder, out))).equals(weights), out).toBe(true);
    }
    expect(existsSync(join(folder, 'none', 'tensorboard'))).toBe(false);
    expect(readdirSync(join(folder, 'scalars', 'tensorboard'))).not.toContain('codes');
    expect(tagsOf(pointsOf(filesOf('scalars')))).toEqual([
      '_hparams_/experiment',
      '_hparams_/session_start_info',
      'recipe',
      '_hparams_/session_end_info',
    ]);
    expect(
      filesOf('scalars')
        .flat()
        .some(({ graphDef }) => graphDef !== undefined),
    ).toBe(false);
    const steps = stepsOf(pointsOf(filesOf('scalars', 'training')), 'loss');
    expect(steps).toEqual(every(10, rowsOf('scalars').at(-1)!.step));
  });

  test('of a denoising, a variational and a picture-like code shows what each has to show', async () => {
    const tags = async (out: string, changes: object) => {
      await trained(out, { epochs: 1 }, { ...TINY, ...changes });
      return tagsOf(pointsOf(filesOf(out)));
    };
    const noisy = await tags('noisy', { corruption: { type: 'masking', rate: 0.3 } });
    expect(noisy).toEqual(expect.arrayContaining(['input', 'original', 'anomalies']));
    const gaussian = { ...TINY.model, code: { type: 'gaussian', units: 2 } };
    const manifold = await tags('gaussian', { model: gaussian });
    expect(manifold).toContain('manifold');
    expect(manifold).not.toContain('original');
    expect(tagsOf(pointsOf(filesOf('gaussian', 'validation')))).toContain('klDivergence');
    const square = { ...TINY.model, code: { units: 4, activation: 'sigmoid' } };
    expect(await tags('square', { model: square })).toContain('code');
  });

  test('is refused a level or a distance that is none', async () => {
    await expect(trained('refused', { tensorboard: 'some' as 'all' })).rejects.toThrow(
      'tensorboard: must be none, scalars, all, got some',
    );
    for (const logEvery of [0, 1.5, Number.NaN]) {
      await expect(trained('refused', { logEvery })).rejects.toThrow(
        'logEvery: must be a whole number, 1 or more',
      );
    }
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});

describe('a run that is taken up again', () => {
  test('goes on in second files, as it began, and ends with the same bits', async () => {
    const options = { epochs: 40, logEvery: 3 };
    const stop = new AbortController();
    const stopped = await trained('stopped', {
      ...options,
      signal: stop.signal,
      onEvent: ({ type }) => type === 'epoch' && stop.abort(),
    });
    expect(stopped.status).toBe('stopped');
    const before = pointsOf(filesOf('stopped'));
    expect(tagsOf(before)).not.toContain('_hparams_/session_end_info');
    await resumeTraining(join(folder, 'stopped'), { offline: true });
    await trained('whole', { ...options, tensorboard: 'none' });
    expect((await weightsOf(join(folder, 'stopped'))).equals(await weightsOf(join(folder, 'whole')))).toBe(
      true,
    );

    const last = rowsOf('stopped').at(-1)!.step;
    const training = filesOf('stopped', 'training');
    expect(training).toHaveLength(2);
    const taken = training[0]!.at(-1)!.step;
    const again = training[1]![1]!;
    expect(again.start).toBe(true);
    expect(again.step).toBeGreaterThan(taken);
    expect(stepsOf(pointsOf(training), 'loss')).toEqual(every(3, last));
    expect(stepsOf(pointsOf(filesOf('stopped', 'validation')), 'loss')).toEqual(
      rowsOf('stopped').map(({ step }) => step),
    );
    const root = pointsOf(filesOf('stopped'));
    for (const tag of [
      '_hparams_/experiment',
      '_hparams_/session_start_info',
      '_hparams_/session_end_info',
      'recipe',
      'input',
    ]) {
      expect(stepsOf(root, tag), tag).toHaveLength(1);
    }
    expect(
      filesOf('stopped')
        .flat()
        .filter(({ graphDef }) => graphDef !== undefined),
    ).toHaveLength(1);
    // What began at step 0 is not forgotten.
    expect(filesOf('stopped')[1]![1]!.step).toBeGreaterThan(0);
  });

  test('from before logs were kept, keeps none', async () => {
    await trained('older', { signal: AbortSignal.abort(), tensorboard: 'none' });
    const file = join(folder, 'older', 'run.json');
    const { tensorboard: _, ...manifest } = JSON.parse(readFileSync(file, 'utf8')) as {
      tensorboard: unknown;
    };
    await writeFile(file, JSON.stringify(manifest));
    expect((await resumeTraining(join(folder, 'older'))).status).toBe('finished');
    expect(existsSync(join(folder, 'older', 'tensorboard'))).toBe(false);
  });

  test('says so where its logs cannot be written', async () => {
    await trained('unwritable', { signal: AbortSignal.abort() });
    const logs = join(folder, 'unwritable', 'tensorboard');
    await rm(logs, { recursive: true });
    await writeFile(logs, 'in the way');
    await expect(resumeTraining(join(folder, 'unwritable'))).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('tensorboard: cannot be written'),
    });
    await rm(logs);
    expect((await resumeTraining(join(folder, 'unwritable'))).status).toBe('finished');
  });

  test('after a SIGKILL: its events are whole up to the last flush, and it goes on behind them', async () => {
    await writeRecipe(join(folder, 'tiny.json'));
    const args = [
      'train',
      'tiny.json',
      '--data-dir',
      'data',
      '--epochs',
      '60',
      '--threads',
      '1',
      '--out',
      'killed',
    ];
    const started = start(folder, [...args, '--log-every', '1']);
    await started.says('epoch  3/60');
    started.process.kill('SIGKILL');
    await started.ended;
    const before = filesOf('killed', 'training');
    expect(stepsOf(pointsOf(before), 'loss').length).toBeGreaterThan(0);
    expect(await run(folder, ['train', '--resume', 'killed'])).toMatchObject({ code: 0, stderr: '' });
    const last = rowsOf('killed').at(-1)!.step;
    const [first, second] = filesOf('killed', 'training');
    const from = second![1]!.step;
    // As TensorBoard counts: what comes at or after the second start holds, and of the first what is before.
    const kept = stepsOf(pointsOf([first!]), 'loss').filter((step) => step < from);
    expect([...kept, ...stepsOf(pointsOf([second!]), 'loss')]).toEqual(every(1, last));
  });
});

const why = lacking('tensorboard');

describe.skipIf(why !== undefined)(`TensorBoard${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let board: TensorBoard;
  const root = { run: 'shown/tensorboard' };

  beforeAll(async () => {
    await trained('shown/run', { logEvery: 2 });
    board = await TensorBoard.start(PYTHON!, join(folder, 'shown'));
    root.run = 'run/tensorboard';
    await until(
      () => board.json('plugin/scalars/tags'),
      (tags) => tags[`${root.run}/validation`]?.loss !== undefined,
    );
  });
  afterAll(() => board?.stop());

  test('shows everything', async () => {
    const tags = await board.json('plugin/scalars/tags');
    expect(tags[`${root.run}/training`].gradientNorm.displayName).toBe('gradient norm');
    const curve = await board.json('plugin/scalars/scalars', { run: `${root.run}/validation`, tag: 'loss' });
    expect(curve.map((point: number[]) => point[1])).toEqual(rowsOf('shown/run').map(({ step }) => step));
    const images = await board.json('plugin/images/tags');
    expect(Object.keys(images[root.run]).sort()).toEqual(['anomalies', 'input', 'reconstruction']);
    const histograms = await board.json('plugin/histograms/tags');
    expect(Object.keys(histograms[root.run])).toContain('gradients/encoder.dense1.weight');
    const graph = (await board.get('plugin/graphs/graph', root)).toString();
    expect(graph).toContain('name: "encoder/dense1/weight"');
    const { embeddings } = await until(
      () => board.json('plugin/projector/info', { run: `${root.run}/codes` }),
      (info) => info.embeddings !== undefined,
    );
    expect(embeddings).toMatchObject([{ tensorName: 'codes', tensorShape: [TEST, 4] }]);
    const { sessionGroups } = await board.post('plugin/hparams/session_groups', {
      startIndex: 0,
      sliceSize: 10,
      allowedStatuses: ['STATUS_SUCCESS'],
    });
    expect(sessionGroups).toMatchObject([{ hparams: { batchSize: 8, optimiser: 'adam' } }]);
    const { metricValues } = sessionGroups[0];
    expect(metricValues).toContainEqual(
      expect.objectContaining({
        name: { group: 'validation', tag: 'loss' },
        trainingStep: rowsOf('shown/run').at(-1)!.step,
      }),
    );
    expect(board.printed).not.toMatch(/Traceback|rror/);
  });
});
