/**
 * The engine: what runs graphs, as interfaces. A memory of blocks, programs that work on it in place, sessions of loaded
 * models. It knows no platform: `node/engine` implements it on Node, with ONNX Runtime. It knows nothing of models or
 * training.
 */
export { Arena } from './arena.ts';
export type { ByteArray, FloatArray } from './arrays.ts';
export { shapesOf, symbolsOf } from './bindings.ts';
export { ByteScaler } from './byte-scaler.ts';
export type { ChosenDevice, Device, DeviceChoice } from './devices.ts';
export type {
  Binding,
  Block,
  BoundGraph,
  Engine,
  EngineDescription,
  Memory,
  ModelEngine,
  Program,
  RunSettings,
  Session,
} from './engine.ts';
export type { Helper, HelperArrays, HelperOrder, HelperSizes } from './helpers.ts';
