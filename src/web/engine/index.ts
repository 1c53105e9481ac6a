/**
 * The engine of pages: ONNX Runtime's WebAssembly module and the kernels, on one heap, with nothing copied in training.
 * It also runs in Node. It knows neither models nor the page.
 */
export { ON_GPU, refuseDevice, whyNoGpu } from './devices.ts';
export { openModelEngine, openWebEngine, type WebEngineOptions } from './engine.ts';
export { COPYING, type EngineFiles, type InPlaceFiles } from './files.ts';
export { helpersOn, type Thread } from './helpers.ts';
