/** Graphs as ONNX models and back to a description. Knows bytes, but neither disks nor runtimes. */
export { decodeModel, type ModelDescription, type TensorDescription } from './decode.ts';
export { encodeModel, type ModelParts } from './encode.ts';
