/** Rows and images that a caller has in arrays: trained, measured, resumed, and used in the columns' own units. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GivenData, givenSet, samplesOfGiven } from '../src/data/given.ts';
import { contentOf } from '../src/model/content.ts';
import { anomaly } from '../src/model/index.ts';
import type { Model } from '../src/model/model.ts';
import { openModel } from '../src/model/open.ts';
import { nodeEngine } from '../src/node/engine/index.ts';
import { loadRecipe } from '../src/node/recipes.ts';
import { resumeModel, type TrainedModel, trainModel } from '../src/session/train-model.ts';
import { random } from './reference/random.ts';

const platform = {
  versions: { hourglass: '0.0.0', node: '0.0.0', onnxruntime: '0.0.0' },
  machine: { platform: 'test', processor: 'test', cores: 1, memoryGiB: 1 },
};
const ROWS = 600;
const COLUMNS = ['weight', 'height', 'double', 'sum'];

/** Two free columns of very different units, and two that follow from them. */
function rows(seed: number, count = ROWS): Float32Array {
  const draw = random(seed);
  const values = new Float32Array(4 * count);
  for (let n = 0; n < count; n++) {
    const [a, b] = [500 + 100 * (draw() - 0.5), 0.01 * (draw() - 0.5)];
    values.set([a, b, 2 * a, a / 1000 + b], 4 * n);
  }
  return values;
}

const given = (data: Partial<GivenData> = {}): GivenData => ({
  train: rows(1),
  shape: [4],
  columns: COLUMNS,
  ...data,
});

const training = (data: GivenData, more: object = {}) => ({
  engine: nodeEngine,
  platform,
  recipe: loadRecipe('table'),
  data: samplesOfGiven(givenSet(data)),
  ...more,
});

describe('a table of floats in an array', () => {
  let run: TrainedModel;
  let model: Model;
  beforeAll(async () => {
    run = await trainModel(training(given()));
    model = await openModel(nodeEngine, contentOf('rows', run.model, nodeEngine.sha256), { threads: 1 });
  }, 60_000);
  afterAll(() => model.dispose());

  test('is learned, and measured by column', () => {
    if (run.result.status !== 'finished') throw new Error('it was stopped');
    const { evaluation } = run.result;
    expect(evaluation.columns!.map(({ name }) => name)).toEqual(COLUMNS);
    for (const { r2 } of evaluation.columns!) expect(r2).toBeGreaterThan(0.97);
    const mean = evaluation.columns!.reduce((sum, { mse }) => sum + mse / 4, 0);
    expect(evaluation.model.mse / mean).toBeCloseTo(1, 4);
    expect(evaluation.similarity).toBeNull();
    expect(evaluation.model).not.toHaveProperty('bce');
    expect(run.result.examples).toBeNull();
  });

  test('is used in its own units, with the scaling inside the files', async () => {
    const test = rows(9, 5);
    const { data, shape } = await model.reconstruct(test);
    expect(shape).toEqual([5, 4]);
    for (const n of [0, 4]) {
      expect(Math.abs(data[4 * n]! - test[4 * n]!)).toBeLessThan(10);
      expect(Math.abs(data[4 * n + 1]! - test[4 * n + 1]!)).toBeLessThan(0.002);
    }
    const nested = await model.reconstruct([[...test.subarray(0, 4)]]);
    expect(nested.data).toEqual(data.slice(0, 4));
    expect(model.info.rows!.columns).toEqual(COLUMNS);
    const codes = await model.encode(test);
    expect((await model.decode(codes.data)).shape).toEqual([5, 4]);
    await expect(model.encode([[1, 2, Number.NaN, 4]])).rejects.toThrow('row 0, column double has not');
    await expect(model.encode([[1, 2, 3]])).rejects.toThrow(
      'must have 4 values: weight, height, double, sum',
    );
  });

  test('scores anomalies, and says which columns did it', async () => {
    const test = rows(10, 20);
    test[4 * 7 + 2] = 1300;
    const { scores, flagged, contributions } = await anomaly(model, test);
    expect([...scores].indexOf(Math.max(...scores))).toBe(7);
    expect(flagged[7]).toBe(true);
    const own = [...contributions!.data.subarray(28, 32)];
    expect(own.indexOf(Math.max(...own))).toBe(2);
    expect(own.reduce((sum, value) => sum + value, 0) / scores[7]!).toBeCloseTo(1, 5);
  });

  test('scores by the distance of the residual, which came with the model, or by another kind', async () => {
    const { statistics } = model;
    const { residuals, scores } = statistics!;
    expect(statistics!.defaultScore).toBe('distance');
    expect([residuals!.mean.length, residuals!.covariance!.length]).toEqual([4, 4]);
    expect(residuals!.note).toMatch(/^by mean and covariance of the residuals of \d+ training rows$/);
    expect(Object.keys(scores.others!).sort()).toEqual(['distance', 'max', 'top1%']);
    expect(scores.definition).toContain('of a row');
    const test = rows(11, 50);
    const found = await anomaly(model, test);
    expect(found.score).toBe('distance');
    const mean = found.scores.reduce((sum, score) => sum + score, 0) / 50;
    expect(mean).toBeGreaterThan(0.2);
    expect(mean).toBeLessThan(5);
    const squares = await anomaly(model, test, { score: 'mean' });
    const of = (n: number) => [...squares.contributions!.data.subarray(4 * n, 4 * n + 4)];
    for (const n of [0, 49]) expect(of(n).reduce((a, b) => a + b) / squares.scores[n]!).toBeCloseTo(1, 5);
    await expect(anomaly(model, test, { score: 'smoothed-max' })).rejects.toThrow(
      'score: must be distance, mean, max, top1%, got smoothed-max',
    );
  });

  test('without residuals, as an older hourglass wrote its statistics, is scored by mean', async () => {
    const { residuals: _, defaultScore: __, ...older } = model.statistics!;
    const old = { ...model, statistics: older };
    const test = rows(11, 2);
    expect((await anomaly(old, test)).score).toBe('mean');
    await expect(anomaly(old, test, { score: 'distance', threshold: 1 })).rejects.toThrow(
      'statistics.json has no residuals of training rows, which the score distance needs',
    );
  });

  test('is resumed to the same bits with the same array, and refused with another', async () => {
    const stop = new AbortController();
    const observers = [{ step: ({ step }: { step: number }) => void (step === 15 && stop.abort()) }];
    const set = { 'training.epochs': 3 };
    const whole = await trainModel(training(given(), { set }));
    const first = await trainModel(training(given(), { set, signal: stop.signal, observers }));
    expect(first.result.status).toBe('stopped');
    const { files } = first;
    const other = samplesOfGiven(givenSet(given({ train: rows(2) })));
    await expect(resumeModel({ engine: nodeEngine, files, data: other })).rejects.toThrow('other');
    const data = samplesOfGiven(givenSet(given()));
    const resumed = await resumeModel({ engine: nodeEngine, files, data });
    expect(resumed.model.get('autoencoder.onnx')).toEqual(whole.model.get('autoencoder.onnx'));
  }, 60_000);
});

test('the recipe table-vae reconstructs every column, and its code is used', async () => {
  const { result } = await trainModel({ ...training(given()), recipe: loadRecipe('table-vae') });
  if (result.status !== 'finished') throw new Error('it was stopped');
  const { columns, objective } = result.evaluation;
  for (const { r2 } of columns!) expect(r2).toBeGreaterThan(0.9);
  expect(objective!.values.klDivergence).toBeGreaterThan(1);
}, 60_000);

describe('recipes that do not fit rows', () => {
  test.each([
    ['conv', /^model\.encoder\.0: is for images/],
    ['quick', /^model\.output\.activation: gives values from 0 to 1, and the scaled columns/],
  ])('%s', async (name, message) => {
    await expect(trainModel({ ...training(given()), recipe: loadRecipe(name) })).rejects.toThrow(message);
  });
});

describe('what is given is checked', () => {
  const refused = (data: Partial<GivenData>) => expect(() => givenSet(given(data)));

  test('with the place of a value that is not finite', () => {
    const train = rows(1);
    train[4 * 7 + 1] = Number.NaN;
    refused({ train }).toThrow(
      /^data\.train: must have finite numbers: row 7, column height has not, got NaN; leave such rows out/,
    );
    refused({ test: Float64Array.of(1, 2, 3, 1e300) }).toThrow(
      'data.test: must have finite numbers: row 0, column sum',
    );
  });

  test('floats of images are from 0 to 1', () => {
    refused({ train: Float32Array.of(0, 1, 0.5, 2), shape: [2, 2] }).toThrow(
      'value 3 of image 0 is not, got 2; divide by the largest possible value',
    );
  });

  test('shape, lengths, labels and names', () => {
    refused({ train: rows(1).subarray(1) }).toThrow('must have 4 values for each sample');
    refused({ columns: ['a', 'b'] }).toThrow(
      'data.columns: must have a name for each of the 4 columns, got 2',
    );
    refused({ labels: [1, 2] }).toThrow(
      'data.labels: must have one label for each of the 600 samples, got 2',
    );
    refused({ shape: [2, 2, 2, 2] }).toThrow('data.shape: must be one to three whole numbers');
    expect(() => givenSet({ train: new Float32Array(9) })).toThrow(
      'data.shape: must be the shape of one sample',
    );
    expect(() => givenSet({ train: [[1, 2], [3]] })).toThrow(
      'data.train[1]: must have 2 values, as the first has, got 1',
    );
  });

  test('channels come last where the last number is 1 or 3', () => {
    const pixels = Uint8Array.from({ length: 2 * 2 * 3 * 8 }, (_, i) => i);
    const { spec, train } = givenSet({ train: pixels, shape: [2, 2, 3] });
    expect(spec.shape).toEqual([3, 2, 2]);
    expect([...train.values.subarray(0, 12)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    expect(givenSet({ train: pixels, shape: [3, 2, 2] }).train.values).toEqual(pixels);
  });

  test('it is a copy', () => {
    const train = rows(1);
    const copy = givenSet(given({ train }));
    const first = train[0];
    train.fill(0);
    expect(copy.train.values[0]).toBe(first);
  });
});
