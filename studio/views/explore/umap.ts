/** The page's side of UMAP: starts its worker, follows it, ends it. */
import type { Codes } from './codes.ts';
import { along, principalAxes } from './principal-axes.ts';
import type { Doing } from './progress.tsx';
import { ofUmap, type Projection, type Reduced, rowsForUmap } from './projection.ts';
import type { UmapMessage, UmapTask } from './umap-worker.ts';

/** Products of a call that places codes: some tenths of a second. */
const WORK = 1e8;

/** UMAP's work grows with the width of the codes, and noise in many units hides neighbours: it is given so many principal axes. */
export const AXES_FOR_UMAP = 50;

interface Following {
  readonly signal: AbortSignal;
  onProgress(doing: Doing): void;
}

/** The codes along their principal axes, if they are wider than UMAP is given. */
export async function narrowed(
  codes: Codes,
  { signal, onProgress }: Following,
): Promise<{ codes: Codes; reduced: Reduced | null }> {
  const { units, count } = codes;
  if (units <= AXES_FOR_UMAP) return { codes, reduced: null };
  const found = await principalAxes(codes, AXES_FOR_UMAP, signal, (done, of) =>
    onProgress({ what: 'Principal axes for UMAP', done, of }),
  );
  const places = await along(codes, found, signal);
  const values = new Float32Array(count * AXES_FOR_UMAP);
  for (const [k, axis] of places.entries())
    for (let i = 0; i < count; i++) values[i * AXES_FOR_UMAP + k] = axis[i]!;
  const share = found.shares.reduce((sum, each) => sum + each, 0);
  return {
    codes: { ...codes, values, units: AXES_FOR_UMAP },
    reduced: { units, axes: AXES_FOR_UMAP, share },
  };
}

/** UMAP of some codes, and the places of all others among them. */
export async function umapOf(codes: Codes, { signal, onProgress }: Following): Promise<Projection> {
  const { fitted, others } = rowsForUmap(codes);
  if (fitted.length < 4) throw new Error('UMAP needs four images or more');
  const { codes: given, reduced } = await narrowed(codes, { signal, onProgress });
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
    const { units, count } = given;
    const all = new Float32Array(2 * count).fill(Number.NaN);
    const keep = (rows: Uint32Array, places: Float32Array) => {
      for (const [k, row] of rows.entries()) all.set(places.subarray(2 * k, 2 * k + 2), 2 * row);
    };
    onProgress({ what: 'UMAP looks for neighbours', done: 0, of: 0 });
    keep(fitted, await ask({ type: 'fit', values: valuesOf(given, fitted), units }));
    const size = Math.max(16, Math.round(WORK / (fitted.length * units)));
    for (let at = 0; at < others.length; at += size) {
      onProgress({ what: 'Placing the other images', done: at, of: others.length });
      const rows = others.subarray(at, at + size);
      keep(rows, await ask({ type: 'place', values: valuesOf(given, rows) }));
    }
    return ofUmap(all, { fitted: fitted.length, placed: others.length, reduced });
  } finally {
    worker.terminate();
  }
}

function valuesOf({ values, units }: Codes, rows: Uint32Array): Float32Array<ArrayBuffer> {
  const own = new Float32Array(rows.length * units);
  for (const [k, row] of rows.entries()) own.set(values.subarray(row * units, (row + 1) * units), k * units);
  return own;
}
