/**
 * Where the kernels keep what they need for themselves: 12,608 bytes at an address that the instantiation hands in, because
 * the memory may belong to somebody else. `PLACE_BYTES` in `../index.ts` states the size.
 */

// @ts-ignore: decorator
@external("env", "place")
declare const PLACE: usize;

/** Philox's keys: 8 rounds of 32 bytes. */
export const KEYS: usize = PLACE;

/** A chunk of random values of which only a part is wanted. */
export const SCRATCH: usize = PLACE + 256;

/** The words of a permutation. */
export const WORDS: usize = PLACE + 256 + 8192;

/** One spare vector for each of up to four arrays. */
export const SPARE0: usize = PLACE + 256 + 8192 + 4096;
export const SPARE1: usize = PLACE + 256 + 8192 + 4096 + 16;
export const SPARE2: usize = PLACE + 256 + 8192 + 4096 + 32;
export const SPARE3: usize = PLACE + 256 + 8192 + 4096 + 48;
