/**
 * A worker that computes. The page downloads and compiles ONNX Runtime's module while the worker starts, and sends it there.
 * That is done once: a compiled module crosses to any number of workers.
 */
import type { EngineFiles, Thread } from '../engine/index.ts';
import { plainError } from '../engine/plain-error.ts';
import { loadCopyingFiles } from '../engine-files.ts';
import { loadFastestEngineFiles } from '../fastest-engine-files.ts';
import type { EngineMessage } from '../protocol.ts';
import { startWorker } from '../worker-thread.ts';

let loaded: Promise<EngineFiles> | undefined;
/** Another onnxruntime-web, if the page asked for it. */
let other: string | undefined;

/**
 * Has later trainings and models run on an onnxruntime-web that the page serves, of any version, instead of the one that comes
 * along. It is used by its public API, which copies all tensors: that is slower, and trainings say so in a `warning`.
 *
 * @param address of its JavaScript, such as `ort.wasm.min.mjs`, with its other files next to it; undefined for the one that comes
 * along.
 *
 * @example
 * ```ts
 * import { train, useOnnxRuntime } from 'hourglass/web';
 *
 * useOnnxRuntime('/onnxruntime-web/ort.wasm.min.mjs');
 * await train('vae', { data: 'mnist-10k' });
 * ```
 */
export function useOnnxRuntime(address: string | URL | undefined): void {
  other = address === undefined ? undefined : new URL(address, location.href).href;
  loaded = undefined;
}

export function startComputingWorker(): Thread {
  const thread = startWorker();
  const give = (message: EngineMessage) => thread.post(message, []);
  loaded ??= other === undefined ? loadFastestEngineFiles() : loadCopyingFiles(other);
  loaded.then(
    (files) => give({ type: 'engine', files }),
    (error) => {
      // The next worker tries again.
      loaded = undefined;
      give({ type: 'no engine', error: plainError(error) });
    },
  );
  return thread;
}
