/**
 * The kernels: loops that stream over whole arrays in one flat memory, four floats at a time.
 *
 * They know addresses and counts, nothing of tensors, graphs or training; `../index.ts` gives them types,
 * names and checks. Only WebAssembly's own arithmetic is used, never its relaxed instructions: a result is
 * the same bits on every machine. All arrays are little-endian, addresses are bytes, counts are elements.
 */

export { allFinite, sumSquares } from './reduce';
export { bits, keepMask, normal, uniform } from './random';
export { permutation } from './permutation';
export { adam } from './adam';
export { rmsprop } from './rmsprop';
export { sgd } from './sgd';
export { sha256Blocks } from './sha256';
export { add, blend, copy, fill, scale, scaleBytes } from './arrays';
