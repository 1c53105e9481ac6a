/** The web engine in Node: the same module, with threads of Node in place of Web Workers. */
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Engine } from '../../src/engine/index.ts';
import { type EngineFiles, helpersOn, openWebEngine, type Thread } from '../../src/web/engine/index.ts';

const ORT = new URL('../../vendor/onnxruntime-web/ort-wasm-simd-threaded', import.meta.url);
const KERNELS = new URL('../../src/kernels/kernels-shared.wasm', import.meta.url);

let files: Promise<EngineFiles> | undefined;

export function engineFiles(): Promise<EngineFiles> {
  files ??= (async () => ({
    ort: { script: `${ORT}.mjs`, module: new WebAssembly.Module(await readFile(new URL(`${ORT}.wasm`))) },
    kernels: await readFile(KERNELS),
  }))();
  return files;
}

function startThread(): Thread {
  const worker = new Worker(new URL('./web-helper-thread.js', import.meta.url), { execArgv: [] });
  // It waits for orders forever; that must not keep the process alive.
  worker.unref();
  return {
    post: (message, moved) => worker.postMessage(message, moved),
    listen(onMessage, onError) {
      worker.removeAllListeners();
      worker.on('message', onMessage).on('error', onError);
    },
    end: () => void worker.terminate(),
  };
}

export async function webEngine(threads = 1): Promise<Engine> {
  return openWebEngine(await engineFiles(), { threads, startHelper: helpersOn(startThread) });
}
