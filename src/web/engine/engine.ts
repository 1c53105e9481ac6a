import type { Engine, ModelEngine } from '../../engine/index.ts';
import { compileKernels, PLACE_BYTES } from '../../kernels/index.ts';
import { hasGpu, ORT_VERSION, startOrt } from '../ort/index.ts';
import { chooseDevice } from './devices.ts';
import type { EngineFiles, InPlaceFiles } from './files.ts';
import type { HelperStarter } from './helpers.ts';
import { HeapMemory } from './memory.ts';
import { compile } from './program.ts';
import { openSession } from './session.ts';
import { sha256On } from './sha256.ts';

export interface WebEngineOptions {
  /**
   * Threads of ONNX Runtime, which all graphs of this engine share: `RunSettings.threads` changes nothing. More than one needs
   * shared memory.
   */
  readonly threads: number;
  /** Starts a helper. Without it, an engine has none. */
  readonly startHelper?: HelperStarter;
}

/** Starts the engine that fits the files. */
export async function openWebEngine(files: EngineFiles, options: WebEngineOptions): Promise<Engine> {
  if (!('publicApi' in files)) return openInPlaceEngine(files, options);
  const { openCopyingEngine } = await import('../copying/index.ts');
  return openCopyingEngine(files, options.threads, options.startHelper);
}

/** Starts an engine for using models, on the module that comes along: without what compiles graphs. */
export async function openModelEngine(files: InPlaceFiles): Promise<ModelEngine> {
  return (await startEngine(files, 1)).engine;
}

async function startEngine(files: InPlaceFiles, threads: number) {
  const ort = await startOrt(files.ort, threads);
  const kernels = compileKernels(files.kernels)(ort.heap.memory, ort.heap.allocate(PLACE_BYTES));
  const engine: ModelEngine = {
    memory: () => new HeapMemory(ort.heap, kernels),
    open: (model, settings) => openSession(ort, model, settings),
    sha256: sha256On(ort.heap, kernels),
  };
  return { ort, engine };
}

/** Starts an engine on the module that comes along, with a heap of its own. It lasts as long as the thread that started it. */
async function openInPlaceEngine(
  files: InPlaceFiles,
  { threads, startHelper }: WebEngineOptions,
): Promise<Engine> {
  const { ort, engine } = await startEngine(files, threads);
  return {
    ...engine,
    compile: (graph, settings) => compile(ort, graph, settings),
    helpers(count, start, sizes) {
      if (count === 0) return Promise.resolve([]);
      if (startHelper === undefined)
        throw new Error('helpers: this engine was opened without threads for them');
      const one = () => startHelper(files, start, sizes);
      return Promise.all(Array.from({ length: count }, one));
    },
    device: (asked) => chooseDevice(asked, hasGpu(ort)),
    describe: () => ({ name: 'onnxruntime-web', version: ORT_VERSION }),
  };
}
