/** A piece of the images at a time, [n, values]: memory stays flat however many there are. Can be gone through again. */
export type Passes = Iterable<Float32Array> | AsyncIterable<Float32Array>;
