/** Graphs as ONNX models and back to a description that is checked. Knows bytes, but neither disks nor runtimes. */
export { decodeModel, type ModelDescription, type TensorDescription } from './decode.ts';
export { encodeModel, type ModelParts } from './encode.ts';
export { END, END_MESSAGE, isEnd, withEnd } from './end.ts';
export type { ToRun } from './to-run.ts';
export { verifyModel } from './verify.ts';
export { OPSETS } from './versions.ts';
