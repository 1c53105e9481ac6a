/** The files of the engine that trains fastest here. Not in engine-files.ts: where models are only used, one build is enough. */
import type { EngineFiles } from './engine/index.ts';
import { loadEngineFiles } from './engine-files.ts';
import { hasRelaxedSimd } from './ort/index.ts';

const RELAXED = new URL('./ort-wasm-relaxed-simd-threaded.wasm', import.meta.url);

export const loadFastestEngineFiles = (): Promise<EngineFiles> =>
  hasRelaxedSimd() ? loadEngineFiles({ wasm: RELAXED }) : loadEngineFiles();
