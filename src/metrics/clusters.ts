/** Clusters by k-means, compared with the classes: do codes form groups that match the classes? */
import { HourglassError } from '../errors.ts';
import { clusterAccuracy, normalisedMutualInformation } from './agreement.ts';
import { type LabelledFeatures, requireFeatures } from './features.ts';

/** Clusters by k-means, compared with the classes. */
export interface ClustersResult {
  /** Part of the rows whose cluster is assigned to their class, 0 to 1; clusters to classes one to one, at best. */
  accuracy: number;
  /** Normalised mutual information of clusters and classes, 0 to 1, arithmetic mean of the entropies. */
  nmi: number;
  /** As many as there are classes; fewer where fewer rows differ. */
  clusters: number;
  /** Sum over rows of the squared distance to the centre of their cluster. */
  inertia: number;
  /** Seeds the starts. */
  seed: number;
  /** How many starts were tried; the one of the least inertia was kept. */
  starts: number;
  /** All of this in words. */
  definition: string;
}

const MAX_ITERATIONS = 100;

/**
 * k-means (Lloyd's algorithm from k-means++ starts, package ml-kmeans) on rows as they are, as many clusters as
 * classes; of several seeded starts the one of the least inertia.
 * @throws HourglassError of kind 'data' for features and labels that do not fit one another.
 */
export async function clusterByKMeans(
  rows: LabelledFeatures,
  { classes, seed = 1, starts = 3 }: { classes: number; seed?: number; starts?: number },
): Promise<ClustersResult> {
  requireFeatures('k-means, features', rows, classes);
  if (!(Number.isInteger(starts) && starts >= 1)) {
    throw new HourglassError('usage', {
      subject: 'k-means, starts',
      rule: 'must be a positive integer',
      got: starts,
    });
  }
  // With all that it imports it is 260 files, a third of the time of `import 'hourglass'`: loaded when used.
  const { kmeans } = await import('ml-kmeans');
  const { features, labels, count, width } = rows;
  const points = Array.from({ length: count }, (_, row) => [
    ...features.subarray(row * width, (row + 1) * width),
  ]);
  // k-means++ picks centres that differ, and cannot where rows do not.
  const clusters = distinctUpTo(points, classes);
  let best: { assigned: number[]; inertia: number } | undefined;
  for (let start = 0; start < (clusters === 1 ? 1 : starts); start++) {
    const { clusters: assigned, centroids } = kmeans(points, clusters, {
      seed: seed + start,
      maxIterations: MAX_ITERATIONS,
    });
    const inertia = inertiaOf(points, assigned, centroids);
    if (best === undefined || inertia < best.inertia) best = { assigned, inertia };
  }
  const { assigned, inertia } = best!;
  return {
    accuracy: clusterAccuracy(assigned, labels),
    nmi: normalisedMutualInformation(assigned, labels),
    clusters,
    inertia,
    seed,
    starts,
    definition:
      `k-means with ${clusters} clusters on the held-out codes, not standardised: k-means++ starts and Lloyd's algorithm, ` +
      `at most ${MAX_ITERATIONS} iterations, the best of ${starts} starts with seed ${seed}. Accuracy: share of the images in ` +
      'the cluster of their class; the Hungarian method assigns each cluster to one class so that this share is largest. ' +
      'NMI: mutual information of clusters and classes, divided by the arithmetic mean of their entropies',
  };
}

function distinctUpTo(points: readonly number[][], most: number): number {
  const seen = new Set<string>();
  for (const point of points) {
    seen.add(point.join());
    if (seen.size === most) break;
  }
  return seen.size;
}

function inertiaOf(points: readonly number[][], assigned: readonly number[], centres: readonly number[][]) {
  let sum = 0;
  for (const [row, point] of points.entries()) {
    const centre = centres[assigned[row]!]!;
    for (let i = 0; i < point.length; i++) sum += (point[i]! - centre[i]!) ** 2;
  }
  return sum;
}
