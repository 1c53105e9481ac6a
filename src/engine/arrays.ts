/** Arrays with their shapes. In a file of its own, so that its users' types need none of the runtime's. */

/** A dense float32 array, row-major. */
export interface FloatArray {
  /** The values, the last dimension contiguous. */
  data: Float32Array;
  /** The dimensions; their product is the length of `data`. */
  shape: readonly number[];
}

/** The same of bytes: what a model takes that scales its images itself. */
export interface ByteArray {
  data: Uint8Array;
  shape: readonly number[];
}
