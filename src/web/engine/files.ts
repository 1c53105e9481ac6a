/** The files that an engine is started from. */
import type { OrtFiles } from '../ort/index.ts';

/** The name of the engine that copies. */
export const COPYING = 'onnxruntime-web, copying';

/** Plain data: it crosses to the threads of helpers. */
export type EngineFiles = InPlaceFiles | CopyingFiles;

/** Those of the module that comes along. */
export interface InPlaceFiles {
  readonly ort: OrtFiles;
  /** `kernels-shared.wasm`. */
  readonly kernels: Uint8Array;
}

/** Those of another onnxruntime-web, which is used by its public API. */
export interface CopyingFiles {
  /** The address of its JavaScript, such as `ort.wasm.min.mjs`; its `.wasm` lies next to it. */
  readonly publicApi: string;
  /** `kernels-shared.wasm`. */
  readonly kernels: Uint8Array;
}
