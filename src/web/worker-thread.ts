/**
 * The workers, and a Web Worker as the engine sees a thread. The addresses are those within dist/browser. The workers have no
 * names: webpack would make one file of two that are named alike.
 */
import type { Thread } from './engine/index.ts';

function threadOf(worker: Worker): Thread {
  return {
    post: (message, moved) => worker.postMessage(message, moved),
    listen(onMessage, onError) {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = ({ message }) =>
        onError(new Error(message ?? 'it could not be loaded; see the console of the browser'));
    },
    end: () => worker.terminate(),
  };
}

/** Starts a worker that runs worker.ts. */
export const startWorker = (): Thread =>
  threadOf(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));

/** Starts a worker that runs helper-worker.ts. */
export const startHelperThread = (): Thread =>
  threadOf(new Worker(new URL('./helper-worker.js', import.meta.url), { type: 'module' }));
