/**
 * The workers, and a Web Worker as the engine sees a thread. The addresses are those within dist/browser. The workers have no
 * names: webpack would make one file of two that are named alike.
 */
import { HourglassError } from '../errors.ts';
import type { Thread } from './engine/index.ts';
import { isAlive, watchLife } from './life.ts';

function threadOf(worker: Worker): Thread {
  const over = new AbortController();
  let failure: HourglassError | undefined;
  let report: (error: Error) => void = () => {};
  const fail = (reason: string) => {
    if (failure !== undefined || over.signal.aborted) return;
    failure = new HourglassError('environment', {
      subject: 'worker',
      rule: `ended (${reason})`,
      hint: 'load the model again, or train again; a training with `keep` is resumed where it was',
    });
    report(failure);
  };
  worker.onerror = ({ message }) => fail(message ?? 'it could not be loaded; see the console of the browser');
  return {
    post: (message, moved) => worker.postMessage(message, moved),
    listen(onMessage, onError) {
      report = onError;
      if (failure !== undefined) onError(failure);
      worker.onmessage = ({ data }) => {
        if (!isAlive(data)) onMessage(data);
        else watchLife(data, over.signal, () => fail('the browser stopped it, perhaps for want of memory'));
      };
    },
    end() {
      over.abort();
      worker.terminate();
    },
  };
}

/** Starts a worker that runs worker.ts. */
export const startWorker = (): Thread =>
  threadOf(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));

/** Starts a worker that runs use-worker.ts. */
export const startUseWorker = (): Thread =>
  threadOf(new Worker(new URL('./use-worker.js', import.meta.url), { type: 'module' }));

/** Starts a worker that runs helper-worker.ts. */
export const startHelperThread = (): Thread =>
  threadOf(new Worker(new URL('./helper-worker.js', import.meta.url), { type: 'module' }));
