/** Where a search for components begins. */

/** Uniform numbers in [−1, 1) from a fixed seed (mulberry32): any that favour no direction will do. */
export function randomDirections(count: number, size: number): Float64Array[] {
  let state = 20111;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  return Array.from({ length: count }, () => Float64Array.from({ length: size }, next));
}
