/**
 * Random orders for splits: they depend only on the seed and never change, because the
 * names of splits stand for exact images. Training takes its random numbers from the kernels instead.
 */

/** A stream of whole numbers in [0, 2³²) from a 32-bit seed: SplitMix32 (Steele et al. 2014, 32-bit variant). */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** Shuffles `values` in place (Fisher–Yates) and returns them. */
export function shuffle<T extends Uint32Array | number[]>(values: T, seed: number): T {
  const next = stream(seed);
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor((next() / 2 ** 32) * (last + 1));
    const value = values[last]!;
    values[last] = values[other]!;
    values[other] = value;
  }
  return values;
}
