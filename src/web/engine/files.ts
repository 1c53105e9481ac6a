/** The files that an engine is started from. */
import type { OrtFiles } from '../ort/index.ts';

/** Plain data: it crosses to the threads of helpers. */
export interface EngineFiles {
  readonly ort: OrtFiles;
  /** `kernels-shared.wasm`. */
  readonly kernels: Uint8Array;
}
