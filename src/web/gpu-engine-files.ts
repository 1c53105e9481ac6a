/** The files of the engine that computes on a GPU: a build of ONNX Runtime of its own, loaded only when asked for. */
import type { EngineFiles } from './engine/index.ts';
import { loadEngineFiles } from './engine-files.ts';

const SCRIPT = new URL('./ort-wasm-simd-threaded.jspi.mjs', import.meta.url);
const WASM = new URL('./ort-wasm-simd-threaded.jspi.wasm', import.meta.url);

export const loadGpuEngineFiles = (): Promise<EngineFiles> => loadEngineFiles({ script: SCRIPT, wasm: WASM });
