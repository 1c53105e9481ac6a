/**
 * A worker that computes. The page downloads and compiles ONNX Runtime's module while the worker starts, and sends it there.
 * That is done once: a compiled module crosses to any number of workers.
 */
import type { EngineFiles, Thread } from '../engine/index.ts';
import { plainError } from '../engine/plain-error.ts';
import { loadFastestEngineFiles } from '../fastest-engine-files.ts';
import type { EngineMessage } from '../protocol.ts';
import { startWorker } from '../worker-thread.ts';

let loaded: Promise<EngineFiles> | undefined;

export function startComputingWorker(): Thread {
  const thread = startWorker();
  const give = (message: EngineMessage) => thread.post(message, []);
  loaded ??= loadFastestEngineFiles();
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
