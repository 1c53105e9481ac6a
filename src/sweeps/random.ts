/** Random numbers that depend on a seed and on what they are for, so that a sweep is the same whenever it is repeated. */

/** Numbers in [0, 1), from a seed and whole numbers that say what they are for: SplitMix32 (Steele et al. 2014, 32 bits). */
export function randomOf(seed: number, ...keys: readonly number[]): () => number {
  let state = [Math.floor(seed / 2 ** 32), ...keys].reduce(
    (mixed, key) => mix((Math.imul(mixed, 31) + key + 0x9e3779b9) >>> 0),
    mix(seed >>> 0),
  );
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
