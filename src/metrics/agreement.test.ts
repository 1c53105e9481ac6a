import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterAccuracy, normalisedMutualInformation } from './agreement.ts';
import { assign } from './assignment.ts';

function* permutations(n: number): Generator<number[]> {
  if (n === 0) yield [];
  for (const rest of n === 0 ? [] : permutations(n - 1)) {
    for (let at = 0; at < n; at++) yield [...rest.slice(0, at), n - 1, ...rest.slice(at)];
  }
}

const costs = fc.integer({ min: 1, max: 5 }).chain((n) =>
  fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: n, maxLength: n }), {
    minLength: n,
    maxLength: n,
  }),
);

describe('assignment', () => {
  test('is one to one and no permutation costs less', () => {
    fc.assert(
      fc.property(costs, (cost) => {
        const total = (columns: readonly number[]) => columns.reduce((sum, c, r) => sum + cost[r]![c]!, 0);
        const found = assign(cost);
        expect([...found].sort()).toEqual(cost.map((_, i) => i));
        const least = Math.min(...[...permutations(cost.length)].map(total));
        expect(total(found)).toBe(least);
      }),
    );
  });

  test('takes the second best where the best of two clash', () => {
    expect(
      assign([
        [1, 2, 9],
        [1, 5, 9],
        [9, 9, 0],
      ]),
    ).toEqual([1, 0, 2]);
  });
});

const labelled = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 1,
    maxLength: 50,
  })
  .map((list) => ({ clusters: list.map(([k]) => k), classes: list.map(([, c]) => c) }));

/** The same clusters by other names. */
const renamed = (clusters: readonly number[]) => clusters.map((k) => [2, 0, 3, 1][k]!);

describe('accuracy of clusters', () => {
  test('is worked out by hand', () => {
    expect(clusterAccuracy([1, 1, 0, 0], [0, 0, 1, 1])).toBe(1);
    expect(clusterAccuracy([0, 0, 0, 0], [0, 0, 1, 2])).toBe(0.5);
    // Majority would give both clusters to class 0, five of six; one to one it is four.
    expect(clusterAccuracy([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 1])).toBe(4 / 6);
    // More clusters than classes: only two can be right.
    expect(clusterAccuracy([0, 1, 2, 3], [0, 0, 1, 1])).toBe(0.5);
  });

  test('and mutual information do not see the clusters’ names', () => {
    fc.assert(
      fc.property(labelled, ({ clusters, classes }) => {
        expect(clusterAccuracy(renamed(clusters), classes)).toBe(clusterAccuracy(clusters, classes));
        const nmi = normalisedMutualInformation(clusters, classes);
        expect(normalisedMutualInformation(renamed(clusters), classes)).toBeCloseTo(nmi, 12);
        expect(normalisedMutualInformation(classes, clusters)).toBeCloseTo(nmi, 12);
        expect(nmi).toBeGreaterThanOrEqual(0);
        expect(nmi).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('normalised mutual information', () => {
  test('is worked out by hand', () => {
    expect(normalisedMutualInformation([0, 0, 1, 1], [1, 1, 0, 0])).toBe(1);
    expect(normalisedMutualInformation([0, 1, 0, 1], [0, 0, 1, 1])).toBeCloseTo(0, 12);
    expect(normalisedMutualInformation([0, 0], [0, 0])).toBe(1);
    expect(normalisedMutualInformation([0, 0, 0], [0, 1, 2])).toBe(0);
    // Halves of one class: I = ln 2, H = ln 2 and 2 ln 2.
    expect(normalisedMutualInformation([0, 0, 1, 1], [0, 1, 2, 3])).toBeCloseTo(2 / 3, 12);
  });

  test('of nothing is refused', () => {
    expect(() => normalisedMutualInformation([], [])).toThrow(RangeError);
    expect(() => clusterAccuracy([1], [])).toThrow(RangeError);
  });
});
