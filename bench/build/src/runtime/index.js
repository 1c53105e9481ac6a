/**
 * Runs graphs. The only layer that imports ONNX Runtime: programs over flat memory for training, sessions
 * over loose arrays for everything else. It knows nothing of models or training.
 */
export { Arena } from "./arena.js";
export { defaultThreads, describeMachine, runtimeVersions } from "./machine.js";
export { compile } from "./program.js";
export { openSession } from "./session.js";
