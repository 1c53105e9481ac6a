/**
 * The last one to three elements of an array whose length is not a multiple of four. They go through the same
 * vector code as all others, in a spare vector, so that a value never depends on where in an array it lies and
 * nothing past an array's end is read or written.
 */

export { SPARE0, SPARE1, SPARE2, SPARE3 } from './place';

/** Copies `count` (< 4) floats between an array and a spare vector, either way. */
export function move(to: usize, from: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count * 4; i += 4) store<u32>(to + i, load<u32>(from + i));
}
