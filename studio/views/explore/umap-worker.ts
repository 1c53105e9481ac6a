/** UMAP in a worker of its own: to cancel it, the page ends the worker. */
import { UMAP } from 'umap-js';

export interface UmapTask {
  /** [count, units], all finite. */
  readonly values: Float32Array;
  readonly units: number;
}

export type UmapMessage =
  | { readonly type: 'progress'; readonly done: number; readonly of: number }
  | { readonly type: 'done'; readonly embedding: Float32Array }
  | { readonly type: 'failed'; readonly message: string };

/** What is used of a worker's global scope; the page's types have none. */
interface Scope {
  onmessage: ((event: { data: UmapTask }) => void) | null;
  postMessage(message: UmapMessage): void;
}
const scope = globalThis as unknown as Scope;

/** Numbers of the same sequence every time: the same codes give the same picture. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

scope.onmessage = ({ data: { values, units } }) => {
  try {
    const count = values.length / units;
    const rows = Array.from({ length: count }, (_, i) =>
      Array.from(values.subarray(i * units, (i + 1) * units)),
    );
    const umap = new UMAP({ nNeighbors: Math.min(15, count - 1), minDist: 0.1, random: sequence(1) });
    const epochs = umap.initializeFit(rows);
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (epoch % 10 === 0) scope.postMessage({ type: 'progress', done: epoch, of: epochs });
      umap.step();
    }
    scope.postMessage({ type: 'done', embedding: Float32Array.from(umap.getEmbedding().flat()) });
  } catch (error) {
    scope.postMessage({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
};
