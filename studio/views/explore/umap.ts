/** The page's side of UMAP: starts its worker, follows it, ends it. */
import type { Codes } from './codes.ts';
import type { Doing } from './progress.tsx';
import { ofUmap, type Projection, rowsForUmap } from './projection.ts';
import type { UmapMessage, UmapTask } from './umap-worker.ts';

/** Products of a call that places codes: some tenths of a second. */
const WORK = 1e8;

/** UMAP of some codes, and the places of all others among them. */
export async function umapOf(
  codes: Codes,
  { signal, onProgress }: { signal: AbortSignal; onProgress(doing: Doing): void },
): Promise<Projection> {
  const { fitted, others } = rowsForUmap(codes);
  if (fitted.length < 4) throw new Error('UMAP needs four images or more');
  // The build puts the worker beside this file.
  const worker = new Worker(new URL('./umap-worker.js', import.meta.url), { type: 'module' });
  const ask = (task: UmapTask) =>
    new Promise<Float32Array>((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.onerror = ({ message }) => reject(new Error(`UMAP's worker ended (${message})`));
      worker.onmessage = ({ data }: MessageEvent<UmapMessage>) => {
        if (data.type === 'progress') onProgress({ what: 'UMAP', done: data.done, of: data.of });
        else if (data.type === 'failed') reject(new Error(data.message));
        else resolve(data.places);
      };
      worker.postMessage(task, [task.values.buffer]);
    });
  try {
    const { units, count } = codes;
    const all = new Float32Array(2 * count).fill(Number.NaN);
    const keep = (rows: Uint32Array, places: Float32Array) => {
      for (const [k, row] of rows.entries()) all.set(places.subarray(2 * k, 2 * k + 2), 2 * row);
    };
    onProgress({ what: 'UMAP looks for neighbours', done: 0, of: 0 });
    keep(fitted, await ask({ type: 'fit', values: valuesOf(codes, fitted), units }));
    const size = Math.max(16, Math.round(WORK / (fitted.length * units)));
    for (let at = 0; at < others.length; at += size) {
      onProgress({ what: 'Placing the other images', done: at, of: others.length });
      const rows = others.subarray(at, at + size);
      keep(rows, await ask({ type: 'place', values: valuesOf(codes, rows) }));
    }
    return ofUmap(all, { fitted: fitted.length, placed: others.length });
  } finally {
    worker.terminate();
  }
}

function valuesOf({ values, units }: Codes, rows: Uint32Array): Float32Array<ArrayBuffer> {
  const own = new Float32Array(rows.length * units);
  for (const [k, row] of rows.entries()) own.set(values.subarray(row * units, (row + 1) * units), k * units);
  return own;
}
