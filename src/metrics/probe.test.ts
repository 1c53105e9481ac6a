import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { nodeEngine } from '../node/engine/index.ts';
import type { LabelledFeatures } from './features.ts';
import { linearProbe } from './probe.ts';

/** Numbers in [−1, 1) with no pattern to speak of: a linear congruential generator, the high bits of it. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Rows around one centre a class, each coordinate within `radius` of it. */
function blobs(centres: number[][], count: number, radius: number, seed: number): LabelledFeatures {
  const random = noise(seed);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % centres.length);
  const features = Float32Array.from(
    [...labels].flatMap((k) => centres[k]!.map((at) => at + radius * random())),
  );
  return { features, labels, count, width: centres[0]!.length };
}

const CENTRES = [
  [0, 0],
  [3, 0],
  [0, 3],
];

describe('blobs that lie apart', () => {
  const train = blobs(CENTRES, 150, 1, 1);
  const test_ = blobs(CENTRES, 60, 1, 2);

  test('are told apart without an error', async () => {
    const result = await linearProbe(nodeEngine, { train, test: test_, classes: 3, threads: 1 });
    expect(result).toMatchObject({ accuracy: 1, trainingAccuracy: 1, converged: true });
  });

  test('at any scale and distance of a feature, and next to constant ones', async () => {
    const stretch = (rows: LabelledFeatures): LabelledFeatures => ({
      ...rows,
      width: 4,
      features: Float32Array.from(
        Array.from(rows.labels).flatMap((_, i) => [
          0.1,
          1e-6 * rows.features[2 * i]!,
          0,
          5000 + 100 * rows.features[2 * i + 1]!,
        ]),
      ),
    });
    const plain = await linearProbe(nodeEngine, { train, test: test_, classes: 3, threads: 1 });
    const result = await linearProbe(nodeEngine, {
      train: stretch(train),
      test: stretch(test_),
      classes: 3,
      threads: 1,
    });
    expect(result).toMatchObject({ accuracy: 1, trainingAccuracy: 1, loss: expect.closeTo(plain.loss, 5) });
  });

  test('with their labels mixed up are guessed at', async () => {
    const random = noise(3);
    const labels = train.labels.map(() => Math.floor((random() + 1) * 1.5));
    const result = await linearProbe(nodeEngine, {
      train: { ...train, labels },
      test: test_,
      classes: 3,
      threads: 1,
    });
    expect(result.trainingAccuracy).toBeLessThan(0.6);
  });

  test('a test row is judged by the standard of the training rows', async () => {
    const one = { features: Float32Array.of(3.2, 0.1), labels: Uint8Array.of(1), count: 1, width: 2 };
    expect(await linearProbe(nodeEngine, { train, test: one, classes: 3, threads: 1 })).toMatchObject({
      accuracy: 1,
    });
  });
});

/** The smallest loss by plain gradient descent in float64, from the definition, and the hits of its classifier. */
function reference({ features, labels, count, width }: LabelledFeatures, classes: number, l2: number) {
  const columns = Array.from({ length: width }, (_, j) =>
    Array.from(labels, (_, row) => features[row * width + j]!),
  );
  const standard = columns.map((column) => {
    const mean = column.reduce((a, b) => a + b, 0) / count;
    const deviation = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / count);
    return column.map((value) => (value - mean) / deviation);
  });
  const rows = Array.from(labels, (_, row) => [...standard.map((column) => column[row]!), 1]);
  const weights = Array.from({ length: width + 1 }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  let hits = 0;
  for (let step = 0; step < 1000; step++) {
    loss = 0;
    hits = 0;
    const gradient = weights.map((row, j) => row.map((w) => (j < width ? l2 * w : 0)));
    for (const [i, x] of rows.entries()) {
      const scores = Array.from({ length: classes }, (_, k) =>
        x.reduce((a, v, j) => a + v * weights[j]![k]!, 0),
      );
      const total = scores.reduce((a, s) => a + Math.exp(s), 0);
      loss += Math.log(total) - scores[labels[i]!]!;
      if (scores.indexOf(Math.max(...scores)) === labels[i]) hits++;
      for (const [k, s] of scores.entries()) {
        const d = Math.exp(s) / total - (k === labels[i] ? 1 : 0);
        for (const [j, v] of x.entries()) gradient[j]![k]! += (d * v) / count;
      }
    }
    loss /= count;
    for (const row of weights.slice(0, width)) for (const w of row) loss += (l2 / 2) * w * w;
    for (const [j, row] of gradient.entries()) for (const [k, g] of row.entries()) weights[j]![k]! -= g;
  }
  return { loss, accuracy: hits / count };
}

describe('blobs that overlap', () => {
  const train = blobs(CENTRES, 120, 2.5, 4);

  test.each([0.001, 0.1])('are fitted as by gradient descent in float64, l2 = %f', async (l2) => {
    const expected = reference(train, 3, l2);
    const result = await linearProbe(nodeEngine, {
      train,
      test: train,
      classes: 3,
      threads: 1,
      l2,
      tolerance: 1e-6,
    });
    expect(result).toMatchObject({ converged: true, l2, accuracy: expected.accuracy });
    expect(result.trainingAccuracy).toBe(result.accuracy);
    expect(result.loss).toBeCloseTo(expected.loss, 7);
    expect(result.accuracy).toBeGreaterThan(0.6);
    expect(result.accuracy).toBeLessThan(1);
  });

  test('give the same bits twice', async () => {
    const run = () => linearProbe(nodeEngine, { train, test: train, classes: 3, threads: 2 });
    expect(await run()).toEqual(await run());
  });

  test('the result says what was done', async () => {
    const settings = { l2: 0.01, tolerance: 1e-3, maxIterations: 2 };
    const result = await linearProbe(nodeEngine, { train, test: train, classes: 3, threads: 1, ...settings });
    expect(result).toMatchObject({ ...settings, iterations: 2, converged: false });
    expect(result.definition).toContain('+ 0.01 / 2 · (sum of squared weights');
    expect(result.definition).toContain('exceeds 0.001, in at most 2 steps');
  });
});

describe('little to learn', () => {
  const rows = (labels: number[], features: number[]): LabelledFeatures => ({
    labels: Uint8Array.from(labels),
    features: Float32Array.from(features),
    count: labels.length,
    width: features.length / labels.length,
  });

  test('constant features leave the most frequent class', async () => {
    const train = rows([1, 1, 0], [5, 5, 5]);
    const result = await linearProbe(nodeEngine, {
      train,
      test: rows([1, 0], [5, 7]),
      classes: 2,
      threads: 1,
    });
    expect(result).toMatchObject({ accuracy: 0.5, trainingAccuracy: 2 / 3 });
    // The entropy of (1/3, 2/3): the biases are not held back.
    expect(result.loss).toBeCloseTo(Math.log(3) - (2 / 3) * Math.LN2, 6);
  });

  test('one class is always right', async () => {
    const train = rows([0, 0], [1, 2]);
    expect(await linearProbe(nodeEngine, { train, test: train, classes: 1, threads: 1 })).toMatchObject({
      accuracy: 1,
      loss: 0,
      iterations: 0,
    });
    expect(await linearProbe(nodeEngine, { train, test: train, classes: 10, threads: 1 })).toMatchObject({
      accuracy: 1,
    });
  });

  test('one row, and a class that never comes', async () => {
    const one = rows([3], [0.5]);
    expect(await linearProbe(nodeEngine, { train: one, test: one, classes: 5, threads: 1 })).toMatchObject({
      accuracy: 1,
    });
  });
});

describe('refused', () => {
  const good: LabelledFeatures = {
    features: Float32Array.of(1, 2, 3, 4),
    labels: Uint8Array.of(0, 1),
    count: 2,
    width: 2,
  };
  const refusal = async (change: Partial<Parameters<typeof linearProbe>[1]>) => {
    const input = { train: good, test: good, classes: 2, threads: 1, ...change };
    const error = await linearProbe(nodeEngine, input).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HourglassError);
    const { kind, message } = error as HourglassError;
    return `${kind}: ${message}`;
  };
  const empty = { features: new Float32Array(), labels: new Uint8Array(), count: 0, width: 2 };
  const narrow = { ...good, features: Float32Array.of(1, 2), width: 1 };

  test.each([
    ['data: linear probe, training features: need at least one row, got 0', { train: empty }],
    ['data: linear probe, test features: need at least one row', { test: empty }],
    ['training features: must be 3 rows of 2 values, got 4 values', { train: { ...good, count: 3 } }],
    ['need a label for each of 2 rows, got 1 labels', { train: { ...good, labels: Uint8Array.of(0) } }],
    ['test features: must be as wide as the training features, 2, got 1', { test: narrow }],
    ['training features: their width must be a positive integer', { train: { ...good, width: 0 } }],
    ['labels must be less than the 2 classes, got 2', { test: { ...good, labels: Uint8Array.of(0, 2) } }],
    [
      'finite numbers, row 1 is not, got NaN',
      { train: { ...good, features: Float32Array.of(1, 2, NaN, 4) } },
    ],
    ['usage: linear probe, classes: must be a positive integer, got 0', { classes: 0 }],
    ['l2: must be a number of 0 or more, got -1', { l2: -1 }],
    ['tolerance: must be a positive number, got 0', { tolerance: 0 }],
    ['maxIterations: must be a positive integer, got 1.5', { maxIterations: 1.5 }],
  ])('%s', async (message, change) => expect(await refusal(change)).toContain(message));
});
