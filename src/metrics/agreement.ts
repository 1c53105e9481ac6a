/** How far clusters found without labels agree with classes. */
import { assign } from './assignment.ts';

/** counts[cluster][class]. */
type Contingency = number[][];

function contingency(clusters: ArrayLike<number>, classes: ArrayLike<number>): Contingency {
  if (clusters.length !== classes.length || clusters.length === 0) {
    throw new RangeError(`agreement: ${clusters.length} clusters and ${classes.length} classes of rows`);
  }
  const sizeOf = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => Math.max(a, b), 0) + 1;
  const [rows, columns] = [sizeOf(clusters), sizeOf(classes)];
  const counts = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (let i = 0; i < clusters.length; i++) counts[clusters[i]!]![classes[i]!]!++;
  return counts;
}

/**
 * Part of the rows, 0 to 1, whose cluster is assigned to their class: each cluster to one class at most and the other
 * way round, chosen so that the part is largest (Hungarian method).
 * @param clusters [n] and `classes` [n]: whole numbers from 0.
 */
export function clusterAccuracy(clusters: ArrayLike<number>, classes: ArrayLike<number>): number {
  const counts = contingency(clusters, classes);
  const size = Math.max(counts.length, counts[0]!.length);
  const cost = Array.from({ length: size }, (_, k) =>
    Array.from({ length: size }, (_, c) => -(counts[k]?.[c] ?? 0)),
  );
  const hits = assign(cost).reduce((sum, c, k) => sum - cost[k]![c]!, 0);
  return hits / clusters.length;
}

/**
 * I(K; C) / ((H(K) + H(C)) / 2), in [0, 1], for any base of the logarithm (Strehl & Ghosh, 2002, with the arithmetic
 * mean); 1 where there is one cluster and one class.
 * @param clusters [n] and `classes` [n]: whole numbers from 0.
 */
export function normalisedMutualInformation(clusters: ArrayLike<number>, classes: ArrayLike<number>): number {
  const counts = contingency(clusters, classes);
  const n = clusters.length;
  const byCluster = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const byClass = counts[0]!.map((_, c) => counts.reduce((sum, row) => sum + row[c]!, 0));
  const entropy = (sizes: readonly number[]) =>
    sizes.reduce((sum, size) => (size === 0 ? sum : sum - (size / n) * Math.log(size / n)), 0);
  const mean = (entropy(byCluster) + entropy(byClass)) / 2;
  if (mean === 0) return 1;
  let information = 0;
  for (const [k, row] of counts.entries()) {
    for (const [c, count] of row.entries()) {
      if (count > 0) information += (count / n) * Math.log((count / byCluster[k]!) * (n / byClass[c]!));
    }
  }
  return Math.min(1, Math.max(0, information / mean));
}
