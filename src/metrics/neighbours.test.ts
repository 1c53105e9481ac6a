import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { nodeEngine } from '../node/engine/index.ts';
import type { LabelledFeatures } from './features.ts';
import { classifyByNeighbours, nearestDistances } from './neighbours.ts';

function randomRows(count: number, width: number, classes: number, seed: number, offset = 0) {
  const draw = random(seed);
  return {
    features: Float32Array.from({ length: count * width }, () => offset + draw()),
    labels: Uint8Array.from({ length: count }, () => Math.floor(draw() * classes)),
    count,
    width,
  } satisfies LabelledFeatures;
}

/** Every distance in double precision, sorted. */
function plainly(train: LabelledFeatures, test: LabelledFeatures, classes: number, k: number): number {
  let hits = 0;
  for (let q = 0; q < test.count; q++) {
    const distances = Array.from({ length: train.count }, (_, r) => {
      let sum = 0;
      for (let i = 0; i < train.width; i++)
        sum += (test.features[q * train.width + i]! - train.features[r * train.width + i]!) ** 2;
      return { r, sum };
    }).sort((a, b) => a.sum - b.sum || a.r - b.r);
    const votes = new Array<number>(classes).fill(0);
    for (const { r } of distances.slice(0, k)) votes[train.labels[r]!]!++;
    if (votes.indexOf(Math.max(...votes)) === test.labels[q]) hits++;
  }
  return hits / test.count;
}

describe('nearest neighbours', () => {
  test('are those of all distances in double precision', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 1e6 }),
        async (count, width, k, seed) => {
          const train = randomRows(count + 7, width, 3, seed);
          const test_ = randomRows(20, width, 3, seed + 1);
          const { accuracy } = await classifyByNeighbours(nodeEngine, {
            train,
            test: test_,
            classes: 3,
            threads: 1,
            k,
          });
          expect(accuracy).toBe(plainly(train, test_, 3, k));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('have the squared distances of a double loop', async () => {
    const [train, test_] = [randomRows(50, 3, 2, 1), randomRows(9, 3, 2, 2)];
    const distances = await nearestDistances(nodeEngine, { train, test: test_, threads: 1 });
    for (let q = 0; q < 9; q++) {
      const all = Array.from({ length: 50 }, (_, r) =>
        [0, 1, 2].reduce((sum, i) => sum + (test_.features[q * 3 + i]! - train.features[r * 3 + i]!) ** 2, 0),
      );
      expect(distances[q]).toBeCloseTo(Math.min(...all), 6);
    }
  });

  test('far from the origin, where single precision has few digits, and over several blocks', async () => {
    const train = randomRows(4500, 3, 10, 1, 1000);
    const test_ = randomRows(50, 3, 10, 2, 1000);
    const { accuracy } = await classifyByNeighbours(nodeEngine, {
      train,
      test: test_,
      classes: 10,
      threads: 1,
    });
    expect(accuracy).toBe(plainly(train, test_, 10, 5));
  });

  test('of rows that are their own references all are right', async () => {
    const rows = randomRows(200, 4, 10, 3);
    const result = await classifyByNeighbours(nodeEngine, {
      train: rows,
      test: rows,
      classes: 10,
      threads: 1,
      k: 1,
    });
    expect(result).toMatchObject({ accuracy: 1, k: 1 });
  });

  test('with as many votes the lowest class counts; of equal distances the first', async () => {
    const row = (features: number[], labels: number[]): LabelledFeatures => ({
      features: Float32Array.from(features),
      labels: Uint8Array.from(labels),
      count: labels.length,
      width: 1,
    });
    const train = row([0, 2, 2], [1, 0, 1]);
    const asked = (label: number, k: number) =>
      classifyByNeighbours(nodeEngine, { train, test: row([1], [label]), classes: 2, threads: 1, k });
    expect((await asked(1, 1)).accuracy).toBe(1);
    expect((await asked(0, 2)).accuracy).toBe(1);
    expect((await asked(1, 3)).accuracy).toBe(1);
  });

  test('features or a k that do not fit are refused', async () => {
    const rows = randomRows(10, 2, 2, 1);
    const ask = (more: object) =>
      classifyByNeighbours(nodeEngine, { train: rows, test: rows, classes: 2, threads: 1, ...more });
    await expect(ask({ k: 11 })).rejects.toThrow(
      'k: must be a whole number from 1 to the 10 training rows, got 11',
    );
    await expect(ask({ k: 0 })).rejects.toThrow('k: must be');
    await expect(ask({ test: randomRows(5, 3, 2, 1) })).rejects.toThrow(
      'must be as wide as the training features, 2',
    );
    await expect(ask({ classes: 1 })).rejects.toThrow('labels must be less than the 1 classes');
  });
});
