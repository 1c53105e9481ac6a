/**
 * The last one to three elements of an array whose length is not a multiple of four. They go through the same
 * vector code as all others, in a spare vector, so that a value never depends on where in an array it lies and
 * nothing past an array's end is read or written.
 */

/** One spare vector for each of up to four arrays. */
export const SPARE0 = memory.data(16, 16);
export const SPARE1 = memory.data(16, 16);
export const SPARE2 = memory.data(16, 16);
export const SPARE3 = memory.data(16, 16);

/** Copies `count` (< 4) floats between an array and a spare vector, either way. */
export function move(to: usize, from: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count * 4; i += 4) store<u32>(to + i, load<u32>(from + i));
}
