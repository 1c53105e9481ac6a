/** A piece of the images at a time, [n, pixels]: memory stays flat however many there are. Can be gone through again. */
export type Images = Iterable<Float32Array> | AsyncIterable<Float32Array>;
