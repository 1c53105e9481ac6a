/**
 * How the batch of a step is worked on. One graph run over a whole batch of maps streams every layer through
 * memory; runs over a few images at a time stay in a core's cache, and cores with runs of their own never wait
 * for one another between two operators. The gradients of the runs are added up in a fixed order, so that the
 * bits depend on the number of threads only. See docs/decisions/0017-replicas.md.
 */
import type { Device } from '../engine/index.ts';
import type { TrainingGraph } from '../models/index.ts';

export interface Division {
  /** How many threads compute gradients side by side, each of a share of the batch. */
  replicas: number;
  /** Images a run is given at once. */
  rows: number;
  /** Threads that share one operator's work within a run. */
  threads: number;
}

/** Bytes of the largest maps of a run: what leaves room for its neighbours in a second-level cache. */
const MAPS_BYTES = 1.6 * 2 ** 20;
/** Fewer images than this a replica are not worth its start and the exchange. */
const LEAST_SHARE = 8;

export function divide(
  graph: TrainingGraph,
  { batchSize, threads, device }: { batchSize: number; threads: number; device: Device },
): Division {
  const { largestMaps: maps, isHeavy, isSumOverImages, hasBatchStatistics } = graph;
  // A lone last image joins the batch before it: see batches.ts.
  const whole = { replicas: 1, rows: hasBatchStatistics ? batchSize + 1 : batchSize, threads };
  if ((maps === 0 && !isHeavy) || !isSumOverImages || device !== 'cpu') return whole;
  const replicas = Math.max(1, Math.min(threads, Math.floor(batchSize / LEAST_SHARE)));
  const share = Math.ceil(batchSize / replicas);
  const fitting = maps === 0 ? share : Math.max(1, Math.floor(MAPS_BYTES / (4 * maps)));
  return { replicas, rows: Math.min(share, fitting), threads: replicas === 1 ? threads : 1 };
}

/** The images of a batch that a replica has: from `first` on, `count` of them. */
export interface Share {
  first: number;
  count: number;
}

/** A batch in as many shares, as even as can be, in order; the last may be empty. */
export function sharesOf(total: number, replicas: number): Share[] {
  const size = Math.ceil(total / replicas);
  return Array.from({ length: replicas }, (_, i) => {
    const first = Math.min(total, i * size);
    return { first, count: Math.min(size, total - first) };
  });
}
