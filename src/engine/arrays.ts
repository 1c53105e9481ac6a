/** A dense float32 array, row-major. In a file of its own, so that its users' types need none of the runtime's. */
export interface FloatArray {
  data: Float32Array;
  shape: readonly number[];
}

/** The same of bytes: what a model takes that scales its images itself. */
export interface ByteArray {
  data: Uint8Array;
  shape: readonly number[];
}
