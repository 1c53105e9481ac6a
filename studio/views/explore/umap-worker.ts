/** UMAP in a worker of its own: to cancel it, the page ends the worker. */
import { UMAP } from 'umap-js';
import { type PlacedCodes, placedAmong } from './umap-place.ts';

export type UmapTask =
  /** Makes the plane of these codes: [count, units], all finite. */
  | { readonly type: 'fit'; readonly values: Float32Array; readonly units: number }
  /** Places further codes on it. */
  | { readonly type: 'place'; readonly values: Float32Array };

export type UmapMessage =
  | { readonly type: 'progress'; readonly done: number; readonly of: number }
  | { readonly type: 'done'; readonly places: Float32Array }
  | { readonly type: 'failed'; readonly message: string };

/** What is used of a worker's global scope; the page's types have none. */
interface Scope {
  onmessage: ((event: { data: UmapTask }) => void) | null;
  postMessage(message: UmapMessage): void;
}
const scope = globalThis as unknown as Scope;

const NEIGHBOURS = 15;

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

let plane: PlacedCodes | undefined;

function fitted(values: Float32Array, units: number): PlacedCodes {
  const count = values.length / units;
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from(values.subarray(i * units, (i + 1) * units)),
  );
  const umap = new UMAP({ nNeighbors: Math.min(NEIGHBOURS, count - 1), minDist: 0.1, random: sequence(1) });
  const epochs = umap.initializeFit(rows);
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch % 10 === 0) scope.postMessage({ type: 'progress', done: epoch, of: epochs });
    umap.step();
  }
  return { values, units, places: Float32Array.from(umap.getEmbedding().flat()) };
}

scope.onmessage = ({ data }) => {
  try {
    if (data.type === 'fit') {
      plane = fitted(data.values, data.units);
      scope.postMessage({ type: 'done', places: plane.places });
    } else scope.postMessage({ type: 'done', places: placedAmong(plane!, data.values, NEIGHBOURS) });
  } catch (error) {
    scope.postMessage({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
};
