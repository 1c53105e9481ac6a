/** The web engine in Node: the same module, with threads of Node in place of Web Workers. */
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Engine } from '../../src/engine/index.ts';
import { type EngineFiles, helpersOn, openWebEngine, type Thread } from '../../src/web/engine/index.ts';
import { hasRelaxedSimd } from '../../src/web/ort/index.ts';

const ORT = new URL('../../vendor/onnxruntime-web/', import.meta.url);
/** As a page chooses it. */
const BUILD = hasRelaxedSimd() ? 'ort-wasm-relaxed-simd-threaded.wasm' : 'ort-wasm-simd-threaded.wasm';
const KERNELS = new URL('../../src/kernels/kernels-shared.wasm', import.meta.url);

let files: Promise<EngineFiles> | undefined;

export function engineFiles(): Promise<EngineFiles> {
  files ??= (async () => ({
    ort: {
      script: new URL('ort-wasm-simd-threaded.mjs', ORT).href,
      module: new WebAssembly.Module(await readFile(new URL(BUILD, ORT))),
    },
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

/** The same on the public API of onnxruntime-web. */
export async function copyingEngine(): Promise<Engine> {
  const publicApi = new URL('../../node_modules/onnxruntime-web/dist/ort.node.min.mjs', import.meta.url).href;
  const files = { publicApi, kernels: await readFile(KERNELS) };
  return openWebEngine(files, { threads: 1, startHelper: helpersOn(startThread) });
}
