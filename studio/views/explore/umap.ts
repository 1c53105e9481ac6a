/** The page's side of UMAP: starts its worker, follows it, ends it. */
import type { Codes } from './codes.ts';
import { ofUmap, type Projection, rowsForUmap } from './projection.ts';
import type { UmapMessage } from './umap-worker.ts';

export function umapOf(
  codes: Codes,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number, of: number): void },
): Promise<Projection> {
  const rows = rowsForUmap(codes);
  if (rows.length < 4) return Promise.reject(new Error('UMAP needs four images or more'));
  const { units } = codes;
  const values = new Float32Array(rows.length * units);
  for (const [k, row] of rows.entries()) {
    values.set(codes.values.subarray(row * units, (row + 1) * units), k * units);
  }
  // The build puts the worker beside this file.
  const worker = new Worker(new URL('./umap-worker.js', import.meta.url), { type: 'module' });
  return new Promise<Projection>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    worker.onerror = ({ message }) => reject(new Error(`UMAP's worker ended (${message})`));
    worker.onmessage = ({ data }: MessageEvent<UmapMessage>) => {
      if (data.type === 'progress') onProgress(data.done, data.of);
      else if (data.type === 'failed') reject(new Error(data.message));
      else resolve(ofUmap(codes.count, rows, data.embedding));
    };
    worker.postMessage({ values, units }, [values.buffer]);
  }).finally(() => worker.terminate());
}
