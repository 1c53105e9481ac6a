/** Graphs as ONNX models and back to a description. Knows bytes, but neither disks nor runtimes. */
export { decodeModel } from "./decode.js";
export { encodeModel } from "./encode.js";
