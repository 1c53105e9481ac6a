/**
 * ONNX Runtime's WebAssembly module, without onnxruntime-web's own JavaScript: sessions, and runs on tensors that are
 * addresses in its heap, so that nothing is copied. It knows nothing of graphs or engines. The internal functions that it
 * relies on are stated in internals.ts.
 */
export { hasGpu } from './gpu.ts';
export type { Heap } from './heap.ts';
export { type Address, ORT_VERSION } from './internals.ts';
export { hasRelaxedSimd } from './relaxed-simd.ts';
export { type Call, createSession, namesOf, type Place, prepareCall, releaseSession } from './session.ts';
export { type Ort, type OrtFiles, startOrt } from './start.ts';
